package bolt

import (
	"bytes"
	"testing"
	"time"

	"adoport/shared/versioned"
)

// FuzzDecodeEntry: a record is refused, or says the same when it is written
// again.
func FuzzDecodeEntry(f *testing.F) {
	f.Add(entry{inFlight: true, spent: 3, task: []byte(`{"v":1,"type":"refresh","refs":[{"kind":"work-item","id":"1"}]}`)}.encode())
	f.Add([]byte{recordVersion, 0, 0, 0, 0, 1})
	f.Fuzz(func(t *testing.T, record []byte) {
		e, err := decodeEntry(record)
		if err != nil {
			return
		}
		if again := e.encode(); !bytes.Equal(again, record) {
			t.Errorf("%x was read, and written as %x", record, again)
		}
	})
}

// FuzzDecodePoison: nothing that was set aside is listed without a reason.
func FuzzDecodePoison(f *testing.F) {
	record, err := versioned.Encode(recordVersion, poison{At: time.Unix(1, 0), Reason: "a reason", Entry: entry{task: []byte(`{"v":1,"type":"walk"}`)}.encode()})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(record)
	f.Add([]byte{recordVersion + 1, '{', '}'})
	f.Fuzz(func(t *testing.T, record []byte) {
		p := decodePoison(record)
		if _, _, err := decodeTask(record); err == nil && p.Reason == "" {
			t.Error("an entry was taken for a poisoned one")
		}
	})
}

func FuzzReceipt(f *testing.F) {
	f.Add(keyOf(time.Unix(1, 2), 3).receipt())
	f.Fuzz(func(t *testing.T, receipt string) {
		k, ok := fromReceipt(receipt)
		if !ok {
			return
		}
		if again, ok := fromReceipt(k.receipt()); !ok || again != k {
			t.Errorf("receipt %q is %x, which is receipt %q", receipt, k, k.receipt())
		}
	})
}
