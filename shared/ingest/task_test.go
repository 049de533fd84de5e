package ingest

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDecodeTask(t *testing.T) {
	t.Parallel()
	want := Task{
		Version: 1, Type: Walk, Run: "r", Source: "work-item", Page: 3, Cursor: "19",
		Scope: Scope{ProjectID: "p", ProjectName: "Пр\"оект' 日本"}, Refs: []Ref{{Kind: "k", ID: "1", ProjectID: "p"}}, Blueprints: []string{"b"},
	}
	message, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := DecodeTask(message)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	bad := map[string]string{
		`{`:                            "decoding a task",
		`{"v":2,"type":"walk"}`:        "version 2 is not known",
		`{"type":"walk"}`:              "version 0 is not known",
		`{"v":1,"type":"dance"}`:       `unknown type "dance"`,
		`{"v":"1","type":"walk"}`:      "decoding a task",
		`[{"v":1,"type":"walk"}]`:      "decoding a task",
		`{"v":1,"type":"walk","page":`: "decoding a task",
	}
	for message, want := range bad {
		if _, err := DecodeTask([]byte(message)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", message, err, want)
		}
	}
}

func FuzzDecodeTask(f *testing.F) {
	f.Add([]byte(`{"v":1,"type":"refresh","refs":[{"kind":"work-item","id":"1"}]}`))
	f.Fuzz(func(t *testing.T, message []byte) {
		task, err := DecodeTask(message)
		if err != nil {
			return
		}
		again, err := json.Marshal(task)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := DecodeTask(again); err != nil {
			t.Errorf("what was decoded cannot be decoded again: %v", err)
		}
	})
}
