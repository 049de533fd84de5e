package azurestorage

import (
	"encoding/base64"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"adoport/shared/ingest"
)

// FuzzDecode: a text is refused, or is a task that says the same when it is
// written again; and either way people see something.
func FuzzDecode(f *testing.F) {
	for _, m := range []message{
		{Task: task(7)},
		{Task: task(0), Tries: -2},
		{Task: ingest.Task{Version: 1, Type: ingest.Prune, Blueprints: []string{"<b>\x00\u2028"}}, Reason: "boom", At: time.Unix(1, 2).UTC()},
	} {
		body, err := m.body()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(body))
		f.Add(base64.StdEncoding.EncodeToString(body))
	}
	f.Add(`{"v":1,"type":"walk","tries":99999999999999999999}`)
	f.Add(`{"v":1,"tYpe":"prune","Blueprints":[]}`)
	f.Add("garbage")
	f.Fuzz(func(t *testing.T, text string) {
		p := poisoned(text, time.Unix(1, 0))
		if p.At.IsZero() {
			t.Errorf("%q is shown without a time: %+v", text, p)
		}
		m, err := decode(text)
		if err != nil {
			if p.Reason == "" {
				t.Errorf("%q is shown without a reason", text)
			}
			return
		}
		if m.attempt(1) < 1 || m.attempt(1<<62) < 1 {
			t.Errorf("%q has attempts under 1", text)
		}
		body, err := m.body()
		if err != nil {
			return // a year that JSON does not know, for one
		}
		again, err := decode(base64.StdEncoding.EncodeToString(body))
		if err != nil || cmp.Diff(m, again, cmpopts.EquateEmpty()) != "" {
			t.Errorf("%q was read, written and read as %+v, %v; want %+v", text, again, err, m)
		}
	})
}

// FuzzReceipt: a receipt is refused, or says the same when it is written again.
func FuzzReceipt(f *testing.F) {
	f.Add(receipt{until: time.Unix(1, 2), id: "id", pop: "pop", text: "text"}.String())
	f.Fuzz(func(t *testing.T, s string) {
		r, ok := parseReceipt(s)
		if !ok {
			return
		}
		if again, ok := parseReceipt(r.String()); !ok || again != r {
			t.Errorf("%q is %+v, which is read as %+v", s, r, again)
		}
	})
}
