package port

import (
	"strings"
	"testing"
	"time"
)

func TestRules(t *testing.T) {
	t.Parallel()
	c, at := newClient(t, Options{})
	c.blueprint("p", "", "")
	c.blueprint("x", `"s":{"type":"string"},"n":{"type":"number"},"b":{"type":"boolean"},"t":{"type":"string","format":"date-time"},"l":{"type":"array"}`,
		`"one":{"target":"p"},"many":{"target":"p","many":true},"parent":{"target":"x","required":false}`)
	c.put("p", `{"identifier":"p1"}`)
	c.put("p", `{"identifier":"p2"}`)
	c.put("x", `{"identifier":"e1","title":"First","team":"red","properties":{"s":"abcd","n":1,"b":true,"t":"2024-01-02T03:04:05+01:00","l":["u","v"]},"relations":{"one":"p1","parent":"e1"}}`)
	at.add(time.Hour)
	c.agent = "someone/else"
	c.put("x", `{"identifier":"e2","title":"Second","team":["red","blue"],"properties":{"s":"cdef","n":2.5,"b":false,"l":[]},"relations":{"many":["p1","p2"],"parent":"e1"}}`)
	at.add(time.Hour)
	c.put("x", `{"identifier":"e3"}`)

	tests := []struct{ rule, want string }{
		{`{"property":"$identifier","operator":"=","value":"e2"}`, "e2"},
		{`{"property":"$identifier","operator":"!=","value":"e2"}`, "e1 e3"},
		{`{"property":"$identifier","operator":"in","value":["e3","e1","e9"]}`, "e1 e3"},
		{`{"property":"$identifier","operator":"notIn","value":["e3","e1"]}`, "e2"},
		{`{"property":"$identifier","operator":"endsWith","value":"1"}`, "e1"},
		{`{"property":"$blueprint","operator":"=","value":"x"}`, "e1 e2 e3"},
		{`{"property":"$blueprint","operator":"=","value":"p"}`, ""},
		{`{"property":"$title","operator":"contains","value":"ir"}`, "e1"},
		{`{"property":"$title","operator":"isEmpty"}`, "e3"},
		{`{"property":"$team","operator":"=","value":"red"}`, "e1 e2"},
		{`{"property":"$team","operator":"in","value":["blue","green"]}`, "e2"},
		{`{"property":"$team","operator":"isNotEmpty"}`, "e1 e2"},
		{`{"property":"$datasource","operator":"contains","value":"adoport/"}`, "e1"},
		{`{"property":"$datasource","operator":"=","value":"someone/else"}`, "e2 e3"},
		{`{"property":"$createdAt","operator":"=","value":"2024-05-06T07:08:09.123Z"}`, "e1"},
		{`{"property":"$createdAt","operator":"=","value":"2024-05-06T09:08:09.123+02:00"}`, "e1"},
		{`{"property":"$updatedAt","operator":"between","value":{"from":"2024-05-06T08:00:00Z","to":"2024-05-06T09:00:00Z"}}`, "e2"},
		{`{"property":"$updatedAt","operator":"notBetween","value":{"from":"2024-05-06T08:00:00Z","to":"2024-05-06T09:00:00Z"}}`, "e1 e3"},
		{`{"property":"$updatedAt","operator":"between","value":{"from":"2024-05-06T08:08:09.123Z","to":"2024-05-06T08:08:09.123Z"}}`, "e2"},
		{`{"property":"$updatedAt","operator":"between","value":{"preset":"today"}}`, "e1 e2 e3"},
		{`{"property":"$updatedAt","operator":"between","value":{"preset":"yesterday"}}`, ""},
		{`{"property":"$updatedBy","operator":"=","value":"client"}`, "e1 e2 e3"},
		{`{"property":"t","operator":"between","value":{"preset":"last6Months"}}`, "e1"},
		{`{"property":"t","operator":"between","value":{"preset":"lastMonth"}}`, ""},
		{`{"property":"t","operator":"=","value":"2024-01-02T02:04:05Z"}`, "e1"},
		{`{"property":"s","operator":"=","value":"abcd"}`, "e1"},
		{`{"property":"s","operator":"=","value":"ABCD"}`, ""},
		{`{"property":"s","operator":"=","value":null}`, "e3"},
		{`{"property":"s","operator":"!=","value":"abcd"}`, "e2 e3"},
		{`{"property":"s","operator":"isEmpty"}`, "e3"},
		{`{"property":"s","operator":"isNotEmpty"}`, "e1 e2"},
		{`{"property":"s","operator":"contains","value":"cd"}`, "e1 e2"},
		{`{"property":"s","operator":"doesNotContains","value":"ab"}`, "e2 e3"},
		{`{"property":"s","operator":"beginsWith","value":"cd"}`, "e2"},
		{`{"property":"s","operator":"doesNotBeginsWith","value":"cd"}`, "e1 e3"},
		{`{"property":"s","operator":"endsWith","value":"cd"}`, "e1"},
		{`{"property":"s","operator":"doesNotEndsWith","value":"cd"}`, "e2 e3"},
		{`{"property":"s","operator":"in","value":["cdef"]}`, "e2"},
		{`{"property":"s","operator":"notIn","value":["cdef"]}`, "e1 e3"},
		{`{"property":"n","operator":"=","value":1.0}`, "e1"},
		{`{"property":"n","operator":"=","value":"1"}`, ""},
		{`{"property":"n","operator":">","value":1}`, "e2"},
		{`{"property":"n","operator":">=","value":1}`, "e1 e2"},
		{`{"property":"n","operator":"<","value":2.5}`, "e1"},
		{`{"property":"n","operator":"<=","value":2.5}`, "e1 e2"},
		{`{"property":"b","operator":"=","value":false}`, "e2"},
		{`{"property":"b","operator":"!=","value":true}`, "e2 e3"},
		{`{"property":"l","operator":"containsAny","value":["v","w"]}`, "e1"},
		{`{"property":"l","operator":"isEmpty"}`, "e2 e3"},
		{`{"property":"unset","operator":"isEmpty"}`, "e1 e2 e3"},
		{`{"operator":"relatedTo","blueprint":"p","value":"p1"}`, "e1 e2"},
		{`{"operator":"relatedTo","blueprint":"p","value":["p2","p9"],"direction":"downstream"}`, "e2"},
		{`{"operator":"relatedTo","blueprint":"p","value":"p1","direction":"upstream"}`, ""},
		{`{"operator":"relatedTo","blueprint":"x","value":"e2","direction":"upstream"}`, "e1"},
		{`{"operator":"relatedTo","blueprint":"x","value":"e1","direction":"downstream"}`, "e1 e2"},
		{`{"operator":"relatedTo","blueprint":"p","value":"p1","required":true}`, ""},
		{`{"operator":"relatedTo","blueprint":"p","value":"p1","required":false}`, "e1 e2"},
		{`{"operator":"relatedTo","blueprint":"none","value":"p1"}`, ""},
		{`{"combinator":"or","rules":[{"property":"$identifier","operator":"=","value":"e3"},{"property":"n","operator":"=","value":1}]}`, "e1 e3"},
		{`{"combinator":"or","rules":[{"property":"$identifier","operator":"=","value":"e3"},{"property":"$identifier","operator":"in","value":["e1"]}]}`, "e1 e3"},
		{`{"combinator":"and","rules":[{"property":"$identifier","operator":"in","value":["e1","e3"]},{"property":"$identifier","operator":"=","value":"e3"}]}`, "e3"},
		{`{"combinator":"and","rules":[{"property":"$identifier","operator":"=","value":"e1"},{"property":"n","operator":"=","value":2.5}]}`, ""},
		{`{"combinator":"and","rules":[]}`, "e1 e2 e3"},
	}
	for _, tt := range tests {
		a := c.must(200, "POST", "/v1/blueprints/x/entities/search", `{"query":{"combinator":"and","rules":[`+tt.rule+`]}}`)
		if got := strings.Join(ids(a), " "); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.rule, got, tt.want)
		}
	}
}

func TestRulesAreRefused(t *testing.T) {
	t.Parallel()
	c, _ := newClient(t, Options{})
	c.blueprint("x", `"s":{"type":"string"}`, "")
	c.put("x", `{"identifier":"e1"}`)
	for query, want := range map[string]string{
		`{"rules":[]}`:                                                "'combinator'",
		`{"combinator":"not","rules":[]}`:                             "and or",
		`{"combinator":"and"}`:                                        "'rules'",
		`{"combinator":"and","rules":{}}`:                             "'rules'",
		`{"combinator":"and","rules":[7]}`:                            "rules/0",
		`{"combinator":"and","rules":[{"combinator":"and"}]}`:         "'rules'",
		`{"combinator":"and","rules":[{"property":"s","value":"1"}]}`: "'operator'",
		`{"combinator":"and","rules":[{"operator":"=","value":"1"}]}`: "'property'",
		`{"combinator":"and","rules":[{"property":{"path":["r"]},"operator":"matchAny","value":"1"}]}`:                "'property'",
		`{"combinator":"and","rules":[{"property":"s","operator":"==","value":"1"}]}`:                                 `"=="`,
		`{"combinator":"and","rules":[{"property":"s","operator":"matches","value":"1"}]}`:                            `"matches"`,
		`{"combinator":"and","rules":[{"property":"$source","operator":"=","value":"1"}]}`:                            `"$source"`,
		`{"combinator":"and","rules":[{"property":"s","operator":"=","value":["1"]}]}`:                                "string, number",
		`{"combinator":"and","rules":[{"property":"s","operator":"contains","value":1}]}`:                             "string",
		`{"combinator":"and","rules":[{"property":"s","operator":"in","value":"1"}]}`:                                 "array",
		`{"combinator":"and","rules":[{"property":"s","operator":"in","value":[1]}]}`:                                 "strings",
		`{"combinator":"and","rules":[{"property":"s","operator":"notIn"}]}`:                                          "array",
		`{"combinator":"and","rules":[{"property":"$updatedAt","operator":"<","value":"2024-01-01T00:00:00Z"}]}`:      "number",
		`{"combinator":"and","rules":[{"property":"$updatedAt","operator":"between","value":"today"}]}`:               "object",
		`{"combinator":"and","rules":[{"property":"$updatedAt","operator":"between","value":{"preset":"lastYear"}}]}`: "lastYear",
		`{"combinator":"and","rules":[{"property":"$updatedAt","operator":"between","value":{"from":"2024-01-01"}}]}`: "ISO 8601",
		`{"combinator":"and","rules":[{"operator":"relatedTo","value":"p1"}]}`:                                        "'blueprint'",
		`{"combinator":"and","rules":[{"operator":"relatedTo","blueprint":"x"}]}`:                                     "'value'",
		`{"combinator":"and","rules":[{"operator":"relatedTo","blueprint":"x","value":[1]}]}`:                         "string",
		`{"combinator":"and","rules":[{"operator":"relatedTo","blueprint":"x","value":"a","direction":"up"}]}`:        "direction",
		`{"combinator":"and","rules":[{"operator":"relatedTo","blueprint":"x","value":"a","required":"no"}]}`:         "required",
	} {
		if body := c.must(422, "POST", "/v1/blueprints/x/entities/search", `{"query":`+query+`}`); !strings.Contains(message(body), want) {
			t.Errorf("%s: %s, want %s", query, message(body), want)
		}
	}
}

func TestPresets(t *testing.T) {
	t.Parallel()
	now := time.Date(2024, 3, 31, 12, 0, 0, 0, time.UTC)
	for preset, want := range map[string][2]string{
		"yesterday":    {"2024-03-30T00:00:00.000Z", "2024-03-30T23:59:59.999Z"},
		"today":        {"2024-03-31T00:00:00.000Z", "2024-03-31T23:59:59.999Z"},
		"tomorrow":     {"2024-04-01T00:00:00.000Z", "2024-04-01T23:59:59.999Z"},
		"lastWeek":     {"2024-03-24T12:00:00.000Z", "2024-03-31T12:00:00.000Z"},
		"last2Weeks":   {"2024-03-17T12:00:00.000Z", "2024-03-31T12:00:00.000Z"},
		"lastMonth":    {"2024-03-02T12:00:00.000Z", "2024-03-31T12:00:00.000Z"},
		"last3Months":  {"2023-12-31T12:00:00.000Z", "2024-03-31T12:00:00.000Z"},
		"last6Months":  {"2023-10-01T12:00:00.000Z", "2024-03-31T12:00:00.000Z"},
		"last12Months": {"2023-03-31T12:00:00.000Z", "2024-03-31T12:00:00.000Z"},
	} {
		o := operand{value: map[string]any{"preset": preset}, now: func() time.Time { return now }}
		from, to, err := o.period()
		if err != nil || formatTime(from) != want[0] || formatTime(to) != want[1] {
			t.Errorf("%s: %s to %s (%v), want %v", preset, from, to, err, want)
		}
	}
}
