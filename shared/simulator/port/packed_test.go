package port

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPackAndUnpack(t *testing.T) {
	t.Parallel()
	var names texts
	f := fieldset{
		"title": "T \"quoted\" \u2028 \x01 \u00e9", "team": []any{"a", "b"},
		"properties.long": strings.Repeat("x", 100_000), "properties.deep": map[string]any{"k": []any{json.Number("1"), nil, true}},
		"relations.r": "id",
	}
	packed := names.pack(f)
	if diff := cmp.Diff(f, names.unpack(packed)); diff != "" {
		t.Error(diff)
	}
	if got := names.lookup(packed, "relations.r"); got != `"id"` {
		t.Errorf("lookup gave %s", got)
	}
	if got := names.lookup(packed, "relations.s"); got != "" {
		t.Errorf("lookup of nothing gave %s", got)
	}
	for i := range 300 { // numbers of names that take two bytes
		f["properties.p"+strings.Repeat("p", i)] = json.Number("7")
	}
	if diff := cmp.Diff(f, names.unpack(names.pack(f))); diff != "" {
		t.Error(diff)
	}
}

// Any JSON value is stored so that it reads back the same, and storing what was
// stored changes nothing.
func FuzzAppendValue(f *testing.F) {
	for _, seed := range []string{`null`, `"\ud800 <&> \u0000"`, `[1.0,-0,1e21,1e-7,123456789012345678901234567890]`, `{"a":{"":[]}}`, `1E400`, `-0.0`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var v any
		if decodeJSON(body, &v) != nil {
			return
		}
		stored := appendValue(nil, v)
		again := decodeValue(string(stored))
		if twice := appendValue(nil, again); !bytes.Equal(stored, twice) {
			t.Errorf("%s was stored as %s and then as %s", body, stored, twice)
		}
		var want, got any
		if json.Unmarshal(body, &want) != nil {
			return // a number beyond a double
		}
		if err := json.Unmarshal(stored, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}
