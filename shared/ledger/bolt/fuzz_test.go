package bolt

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"adoport/shared/boltfile"
	"adoport/shared/ingest"
)

// FuzzDecodePage: a record is refused, or says the same when it is written
// again.
func FuzzDecodePage(f *testing.F) {
	key := ingest.PageKey{Run: "r", Source: "s", Scope: "p", Number: 1}
	record, err := encodePage(ingest.Page{
		Next: "n", Counts: map[string]ingest.Counts{"": {Read: 1}}, Keep: map[string][]uint64{"a": {1}, "b": {2, 1<<64 - 1}, "c": {}},
		Error: "e", Unmapped: 1, Samples: []ingest.Sample{{Item: "i"}},
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(record)
	f.Add([]byte("\x01\x14{\"keep\":[{\"count\":-1}]}"))
	f.Add([]byte("\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01{}"))
	f.Fuzz(func(t *testing.T, record []byte) {
		p, err := decodePage(key, record)
		if err != nil {
			return
		}
		again, err := encodePage(p)
		if err != nil {
			t.Fatal(err)
		}
		back, err := decodePage(key, again)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(p, back, cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}
	})
}

func FuzzDecodePageKey(f *testing.F) {
	f.Add(pageKey(ingest.PageKey{Source: "s", Scope: "p", Number: 1}))
	f.Fuzz(func(t *testing.T, k []byte) {
		key, err := decodePageKey("r", k)
		if err != nil {
			return
		}
		if back, err := decodePageKey("r", pageKey(key)); err != nil || back != key {
			t.Errorf("%+v was written and read as %+v, %v", key, back, err)
		}
	})
}

func FuzzDecodeRun(f *testing.F) {
	record, err := encodeRun(ingest.Run{
		ID: "r", StartedAt: time.Unix(1, 0), Sources: []string{"s"}, Scopes: 2, Created: []string{"b"}, Status: ingest.Failed, Reason: "x", FinishedAt: time.Unix(2, 0),
		Skipped: []ingest.SkippedScope{{Source: "s", Scope: ingest.Scope{ProjectID: "p"}, Reason: "y"}},
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(record)
	f.Fuzz(func(t *testing.T, record []byte) {
		r, err := decodeRun(record)
		if err != nil {
			return
		}
		again, err := encodeRun(r)
		if err != nil {
			t.Fatal(err)
		}
		back, err := decodeRun(again)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r, back, cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}
	})
}

func FuzzDecodePrune(f *testing.F) {
	record, err := boltfile.Encode(recordVersion, ingest.PruneOutcome{Blueprint: "b", Owned: 1, Skipped: "x"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(record)
	f.Fuzz(func(t *testing.T, record []byte) {
		p, err := decodePrune(record)
		if err != nil {
			return
		}
		again, err := boltfile.Encode(recordVersion, p)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := decodePrune(again); err != nil {
			t.Errorf("what was decoded cannot be decoded again: %v", err)
		}
	})
}
