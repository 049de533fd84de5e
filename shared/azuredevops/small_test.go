package azuredevops

import (
	"encoding/json"
	"testing"
	"time"
)

func TestQuote(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": `''`, "Fabrikam": `'Fabrikam'`, "O'Neil": `'O''Neil'`, "''": `''''''`, `a"b\c`: `'a"b\c'`, "日本": `'日本'`,
	} {
		if got := Quote(in); got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}

func TestParseTime(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]time.Time{
		"2014-12-29T20:49:33.803Z":     time.Date(2014, 12, 29, 20, 49, 33, 803e6, time.UTC),
		"2014-12-29T20:49:33Z":         time.Date(2014, 12, 29, 20, 49, 33, 0, time.UTC),
		"2014-12-29T20:49:33.1234567Z": time.Date(2014, 12, 29, 20, 49, 33, 123456700, time.UTC),
		"2014-12-29T20:49:33.5+05:30":  time.Date(2014, 12, 29, 15, 19, 33, 5e8, time.UTC),
		"2014-12-29T20:49:33":          time.Date(2014, 12, 29, 20, 49, 33, 0, time.UTC),
		"2014-12-29T20:49:33.1234567":  time.Date(2014, 12, 29, 20, 49, 33, 123456700, time.UTC),
		"0001-01-01T00:00:00":          {},
		"9999-01-01T00:00:00Z":         time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC),
	} {
		got, err := ParseTime(in)
		if err != nil || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%s: got %s, %v; want %s", in, got, err, want)
		}
	}
	for _, in := range []string{"", "2014-12-29", "29/12/2014", "2014-13-29T20:49:33Z", "2014-12-29T20:49:33 Z"} {
		if got, err := ParseTime(in); err == nil {
			t.Errorf("%q: got %s, want an error", in, got)
		}
	}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		in string
		ok bool
	}{
		{`{"a":1}`, true},
		{"\xef\xbb\xbf{\"a\":1}\n", true},
		{``, false},
		{"\xef\xbb\xbf", false},
		{`{"a":1`, false},
		{`{"a":1}x`, false},
		{`{"a":1}{}`, false},
	} {
		var out map[string]any
		if err := Decode([]byte(test.in), &out); (err == nil) != test.ok {
			t.Errorf("%q: %v", test.in, err)
		}
		if test.ok && out["a"] != json.Number("1") {
			t.Errorf("%q: got %#v", test.in, out)
		}
	}
}

func TestContinuation(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		in, want string
		ok       bool
	}{
		{`{}`, "", true},
		{`{"continuationToken":null}`, "", true},
		{`{"continuationToken":"813;350;1"}`, "813;350;1", true},
		{`{"continuationToken":12345678901234567890}`, "12345678901234567890", true},
		{`{"continuationToken":"a","isLastBatch":true}`, "", true},
		{`{"continuationToken":["a"]}`, "", false},
	} {
		var c Continuation
		if err := json.Unmarshal([]byte(test.in), &c); (err == nil) != test.ok || c.Next() != test.want {
			t.Errorf("%s: got %q, %v", test.in, c.Next(), err)
		}
	}
}
