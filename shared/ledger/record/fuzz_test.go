package record

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"adoport/shared/ingest"
)

// FuzzDecodePage: a record is refused, or says the same when it is written
// again.
func FuzzDecodePage(f *testing.F) {
	record, err := EncodePage(ingest.Page{
		PageKey: ingest.PageKey{Source: "s", Scope: "p", Number: 1},
		Next:    "n", Counts: map[string]ingest.Counts{"": {Read: 1}}, Keep: map[string][]uint64{"a": {1}, "b": {2, 1<<64 - 1}, "c": {}},
		Error: "e", Unmapped: 1, Samples: []ingest.Sample{{Item: "i"}},
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(record)
	f.Add([]byte("\x01\x14{\"keep\":[{\"count\":-1}]}"))
	f.Add([]byte("\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01{}"))
	f.Add([]byte("\x01\x02{}12345678"))
	f.Fuzz(func(t *testing.T, record []byte) {
		p, err := DecodePage("r", record)
		if err != nil {
			return
		}
		again, err := EncodePage(p)
		if err != nil {
			t.Fatal(err)
		}
		back, err := DecodePage("r", again)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(p, back, cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}
	})
}

func FuzzDecodeRun(f *testing.F) {
	record, err := EncodeRun(ingest.Run{
		ID: "r", StartedAt: time.Unix(1, 0), Sources: []string{"s"}, Scopes: 2, Created: []string{"b"}, Status: ingest.Failed, Reason: "x",
		FinishedAt: time.Unix(2, 0), Skipped: []ingest.SkippedScope{{Source: "s", Scope: ingest.Scope{ProjectID: "p"}, Reason: "y"}},
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(record)
	f.Fuzz(func(t *testing.T, record []byte) {
		r, err := DecodeRun(record)
		if err != nil {
			return
		}
		again, err := EncodeRun(r)
		if err != nil {
			t.Fatal(err)
		}
		back, err := DecodeRun(again)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r, back, cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}
	})
}

func FuzzDecodePrune(f *testing.F) {
	record, err := EncodePrune(ingest.PruneOutcome{Blueprint: "b", Owned: 1, Skipped: "x"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(record)
	f.Fuzz(func(t *testing.T, record []byte) {
		p, err := DecodePrune(record)
		if err != nil {
			return
		}
		again, err := EncodePrune(p)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := DecodePrune(again); err != nil {
			t.Errorf("what was decoded cannot be decoded again: %v", err)
		}
	})
}
