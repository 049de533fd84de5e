package port

import (
	"encoding/json"
	"testing"

	"adoport/shared/ingest"
	"adoport/shared/transport"
)

// FuzzBulkAnswer: whatever Port answers, an entity has succeeded only if the
// answer says so and does not say the opposite.
func FuzzBulkAnswer(f *testing.F) {
	f.Add([]byte(`{"entities":[{"index":0}],"errors":[{"index":1,"statusCode":422,"error":"e","message":"m"}]}`))
	f.Add([]byte(`{"entities":[{"index":0},{"index":-1},{"index":99},{}],"errors":[{"index":0,"message":["a"]}]}`))
	f.Add([]byte(`{"ok":false}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var answer bulkAnswer
		if decode(body, &answer) != nil {
			return
		}
		const n = 3
		outcomes := make([]ingest.Outcome, n)
		items := []encoded{{identifier: "a"}, {identifier: "b"}, {identifier: "c"}}
		answer.outcomes("service", "trace", items, outcomes)
		for i, o := range outcomes {
			named, failed := false, false
			for _, e := range answer.Entities {
				// Without an index an entity goes by its identifier.
				named = named || e.Index != nil && *e.Index == i || e.Index == nil && e.Identifier == items[i].identifier
			}
			for _, e := range answer.Errors {
				failed = failed || e.Index != nil && *e.Index == i
			}
			if (o.Err == nil) != (named && !failed) {
				t.Errorf("entity %d: %v", i, o.Err)
			}
			if o.Err != nil && o.Err.Error() == "" {
				t.Error("an empty message")
			}
		}
	})
}

func FuzzSearchAnswer(f *testing.F) {
	f.Add([]byte(`{"entities":[{"identifier":"a","properties":{"x":1.5},"updatedAt":"2026-01-02T03:04:05.6Z"}],"next":"n"}`))
	f.Add([]byte(`{"entities":[{"identifier":"a","properties":null,"relations":{}}],"next":null}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var answer searchAnswer
		if decode(body, &answer) != nil {
			return
		}
		page, err := answer.stored()
		if err != nil {
			return
		}
		if len(page) != len(*answer.Entities) {
			t.Errorf("%d of %d entities", len(page), len(*answer.Entities))
		}
		for _, e := range page {
			if e.Identifier == "" || e.Properties == nil || e.Relations == nil {
				t.Errorf("%+v", e)
			}
		}
		if !answer.last() && !json.Valid(answer.Next) {
			t.Errorf("cursor %q", answer.Next)
		}
	})
}

func FuzzExplain(f *testing.F) {
	f.Add([]byte(`{"ok":false,"error":"not_found","message":"words"}`))
	f.Add([]byte(`{"error":{"a":1},"message":null}`))
	f.Add([]byte(`<html>`))
	f.Fuzz(func(t *testing.T, body []byte) {
		code, message := explain(body)
		var plain struct {
			Error, Message string
		}
		if json.Unmarshal(body, &plain) == nil && (code == "" && plain.Error != "" || message == "" && plain.Message != "") {
			t.Errorf("%q: %q, %q", body, code, message)
		}
		if err := judge(&transport.Response{Status: 200, Body: body}); (err == nil) != (len(body) == 0 || json.Valid(body)) {
			t.Errorf("%q is judged %v", body, err)
		}
	})
}

func FuzzReadToken(f *testing.F) {
	f.Add([]byte(`{"ok":true,"accessToken":"a","expiresIn":10800,"tokenType":"Bearer"}`))
	f.Add([]byte(`{"accessToken":"a\r\nX: y","expiresIn":-1e99}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		header, lifetime, err := readToken(body)
		if err != nil {
			return
		}
		for _, r := range header {
			if notHeader(r) {
				t.Errorf("header %q", header)
			}
		}
		if d := renewAfter(lifetime); d <= 0 || d > 1<<47 {
			t.Errorf("renewed after %v", d)
		}
	})
}
