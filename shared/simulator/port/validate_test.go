package port

import (
	"strings"
	"testing"
)

const zoo = `
	"text":{"type":"string"}, "short":{"type":"string","minLength":2,"maxLength":3,"pattern":"^[a-z]+$"},
	"number":{"type":"number"}, "ranged":{"type":"number","minimum":1,"maximum":4},
	"flag":{"type":"boolean"}, "object":{"type":"object"},
	"list":{"type":"array"}, "texts":{"type":"array","items":{"type":"string"},"minItems":1,"maxItems":2},
	"times":{"type":"array","items":{"type":"string","format":"date-time"}},
	"time":{"type":"string","format":"date-time"}, "url":{"type":"string","format":"url"},
	"email":{"type":"string","format":"email"}, "v4":{"type":"string","format":"ipv4"}, "v6":{"type":"string","format":"ipv6"},
	"markdown":{"type":"string","format":"markdown"},
	"state":{"type":"string","enum":["New","Done"]}, "level":{"type":"number","enum":[1,2.5]}`

func TestProperties(t *testing.T) {
	t.Parallel()
	tests := []struct {
		property, value string
		want            string // stored, "" if refused
		message         string
	}{
		{"text", `"a <b> & \"c\" \\ \u2028 é"`, `"a <b> & \"c\" \\ \u2028 é"`, ""},
		{"text", `""`, `""`, ""},
		{"text", `null`, `null`, ""},
		{"text", `1`, "", "must be string, not number"},
		{"text", `["a"]`, "", "must be string, not array"},
		{"short", `"ab"`, `"ab"`, ""},
		{"short", `"a"`, "", "fewer than 2"},
		{"short", `"abcd"`, "", "more than 3"},
		{"short", `"AB"`, "", "pattern"},
		{"number", `1.0`, `1`, ""},
		{"number", `-0`, `0`, ""},
		{"number", `1e3`, `1000`, ""},
		{"number", `0.1`, `0.1`, ""},
		{"number", `9007199254740993`, `9007199254740993`, ""},
		{"number", `1e999`, "", "double"},
		{"number", `"1"`, "", "must be number, not string"},
		{"number", `true`, "", "must be number, not boolean"},
		{"ranged", `4`, `4`, ""},
		{"ranged", `0.9`, "", ">= 1"},
		{"ranged", `4.1`, "", "<= 4"},
		{"flag", `false`, `false`, ""},
		{"flag", `"false"`, "", "must be boolean, not string"},
		{"flag", `0`, "", "must be boolean"},
		{"object", `{"b":1,"a":[null,1.50,{"c":true}]}`, `{"a":[null,1.5,{"c":true}],"b":1}`, ""},
		{"object", `[]`, "", "must be object, not array"},
		{"object", `"{}"`, "", "must be object"},
		{"list", `[1,"a",null]`, `[1,"a",null]`, ""},
		{"list", `[]`, `[]`, ""},
		{"list", `{}`, "", "must be array, not object"},
		{"texts", `["a","b"]`, `["a","b"]`, ""},
		{"texts", `["a",1]`, "", "item 1 must be string"},
		{"texts", `[null]`, "", "item 0 must be string, not null"},
		{"texts", `[]`, "", "fewer than 1"},
		{"texts", `["a","b","c"]`, "", "more than 2"},
		{"times", `["2024-01-02T03:04:05+02:00"]`, `["2024-01-02T01:04:05.000Z"]`, ""},
		{"time", `"2024-01-02T03:04:05Z"`, `"2024-01-02T03:04:05.000Z"`, ""},
		{"time", `"2024-01-02T03:04:05.6789012Z"`, `"2024-01-02T03:04:05.678Z"`, ""},
		{"time", `"2024-01-02T03:04:05.5-08:00"`, `"2024-01-02T11:04:05.500Z"`, ""},
		{"time", `"0001-01-01T00:00:00Z"`, `"0001-01-01T00:00:00.000Z"`, ""},
		{"time", `"2024-01-02 03:04:05z"`, `"2024-01-02T03:04:05.000Z"`, ""},
		{"time", `"2024-01-02T03:04:05"`, "", "date-time"},
		{"time", `"2024-01-02"`, "", "date-time"},
		{"time", `"2024-02-30T00:00:00Z"`, "", "date-time"},
		{"time", `"2024-01-02T03:04:05,5Z"`, "", "date-time"},
		{"time", `""`, "", "date-time"},
		{"time", `1704164645`, "", "must be string"},
		{"url", `"https://dev.azure.com/fabrikam/My%20Project"`, `"https://dev.azure.com/fabrikam/My%20Project"`, ""},
		{"url", `"https://dev.azure.com/fabrikam/My Project"`, "", "url"},
		{"url", `"dev.azure.com/fabrikam"`, "", "url"},
		{"url", `"/relative"`, "", "url"},
		{"url", `""`, "", "url"},
		{"email", `"ada@example.com"`, `"ada@example.com"`, ""},
		{"email", `"Ada Example <ada@example.com>"`, "", "email"},
		{"v4", `"10.0.0.1"`, `"10.0.0.1"`, ""},
		{"v4", `"::1"`, "", "ipv4"},
		{"v6", `"::1"`, `"::1"`, ""},
		{"v6", `"10.0.0.1"`, "", "ipv6"},
		{"markdown", `"# x"`, `"# x"`, ""},
		{"state", `"Done"`, `"Done"`, ""},
		{"state", `"done"`, "", "allowed values"},
		{"level", `2.50`, `2.5`, ""},
		{"level", `1.0`, `1`, ""},
		{"level", `2`, "", "allowed values"},
		{"nothing", `1`, "", "not a property"},
		{"nothing", `null`, "", "not a property"},
	}
	c, _ := newClient(t, Options{})
	c.blueprint("zoo", zoo, "")
	for _, tt := range tests {
		entity := `{"identifier":"e","properties":{"` + tt.property + `":` + tt.value + `}}`
		a := c.send("POST", "/v1/blueprints/zoo/entities?upsert=true", entity)
		if tt.want == "" {
			if a.status != 422 || !strings.Contains(message(a.body), tt.message) || !strings.Contains(message(a.body), tt.property) {
				t.Errorf("%s: got %d %v, want 422 and %q", entity, a.status, a.body, tt.message)
			}
			continue
		}
		if a.status > 201 {
			t.Errorf("%s: got %d %v", entity, a.status, a.body)
			continue
		}
		want := `{"` + tt.property + `":` + tt.want + `}`
		if tt.want == "null" {
			want = `{}`
		}
		equalJSON(t, entity, a.body["entity"].(map[string]any)["properties"], want)
		if e, _ := c.server.Entity("zoo", "e"); string(appendValue(nil, e.Properties)) != want && tt.property == "number" {
			t.Errorf("%s: stored as %s, want %s", entity, appendValue(nil, e.Properties), want)
		}
	}
}

func TestStrictDates(t *testing.T) {
	t.Parallel()
	c, _ := newClient(t, Options{StrictDates: true})
	c.blueprint("zoo", zoo, "")
	for value, status := range map[string]int{
		"2024-01-02T03:04:05Z": 200, "2024-01-02T03:04:05.1234567+01:00": 200,
		"2024-01-02t03:04:05Z": 422, "2024-01-02T03:04:05z": 422, "2024-01-02 03:04:05Z": 422, "2024-01-02T03:04:05": 422,
	} {
		c.must(status, "POST", "/v1/blueprints/zoo/entities?validation_only=true", `{"identifier":"e","properties":{"time":"`+value+`"}}`)
	}
}

func TestEntityShape(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		entity  string
		status  int
		message string
	}{
		"bare":                   {`{"identifier":"e"}`, 201, ""},
		"everything":             {`{"identifier":"e","blueprint":"x","title":"T","icon":"Git","team":["a"],"properties":{"a":"1"},"relations":{"one":"t1","many":["t1"]}}`, 201, ""},
		"nulls":                  {`{"identifier":"e","title":null,"icon":null,"team":null,"properties":{"a":null},"relations":{"one":null,"many":null}}`, 201, ""},
		"empty list":             {`{"identifier":"e","relations":{"many":[]}}`, 201, ""},
		"itself":                 {`{"identifier":"e","relations":{"parent":"e"}}`, 201, ""},
		"team as text":           {`{"identifier":"e","team":"a"}`, 201, ""},
		"no identifier":          {`{"title":"T"}`, 422, "identifier"},
		"null identifier":        {`{"identifier":null}`, 422, "identifier"},
		"identifier as a number": {`{"identifier":7}`, 422, "identifier"},
		"bad identifier":         {`{"identifier":"In Review (QA)"}`, 422, "identifier"},
		"dots":                   {`{"identifier":".."}`, 422, "identifier"},
		"wrong blueprint":        {`{"identifier":"e","blueprint":"target"}`, 422, "blueprint"},
		"unknown key":            {`{"identifier":"e","titel":"T"}`, 422, "titel"},
		"title as a number":      {`{"identifier":"e","title":7}`, 422, "title"},
		"team as a number":       {`{"identifier":"e","team":7}`, 422, "team"},
		"team of numbers":        {`{"identifier":"e","team":[7]}`, 422, "team"},
		"properties as a list":   {`{"identifier":"e","properties":[]}`, 422, "properties"},
		"relations as text":      {`{"identifier":"e","relations":"t1"}`, 422, "relations"},
		"unknown relation":       {`{"identifier":"e","relations":{"none":"t1"}}`, 422, "none"},
		"many for one":           {`{"identifier":"e","relations":{"one":["t1"]}}`, 422, "must be string"},
		"one for many":           {`{"identifier":"e","relations":{"many":"t1"}}`, 422, "must be array"},
		"relation as a number":   {`{"identifier":"e","relations":{"one":7}}`, 422, "relations/one"},
		"bad relation value":     {`{"identifier":"e","relations":{"one":"a b"}}`, 422, "relations/one"},
		"bad value in many":      {`{"identifier":"e","relations":{"many":["t1","a b"]}}`, 422, "relations/many"},
		"missing target":         {`{"identifier":"e","relations":{"one":"t2"}}`, 404, "t2"},
		"missing in many":        {`{"identifier":"e","relations":{"many":["t1","t2"]}}`, 404, "t2"},
		"null body":              {`null`, 422, "object"},
		"list body":              {`[]`, 422, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := newClient(t, Options{})
			c.blueprint("target", "", "")
			c.blueprint("x", `"a":{"type":"string"}`, `"one":{"target":"target"},"many":{"target":"target","many":true},"parent":{"target":"x"}`)
			c.put("target", `{"identifier":"t1"}`)
			body := c.must(tt.status, "POST", "/v1/blueprints/x/entities", tt.entity)
			if tt.status != 201 && !strings.Contains(message(body), tt.message) {
				t.Errorf("message %q, want %q in it", message(body), tt.message)
			}
			if c.server.Count("x") != map[bool]int{true: 1, false: 0}[tt.status == 201] {
				t.Errorf("%d entities are stored", c.server.Count("x"))
			}
		})
	}
}

func TestRequired(t *testing.T) {
	t.Parallel()
	c, _ := newClient(t, Options{})
	c.blueprint("p", "", "")
	c.put("p", `{"identifier":"p1"}`)
	c.must(201, "POST", "/v1/blueprints", `{"identifier":"x","title":"X",
		"schema":{"properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["a"]},"relations":{"p":{"target":"p","required":true}}}`)
	for entity, want := range map[string]string{
		`{"identifier":"e","relations":{"p":"p1"}}`:                          "'a'",
		`{"identifier":"e","properties":{"a":null},"relations":{"p":"p1"}}`:  "'a'",
		`{"identifier":"e","properties":{"a":"1"}}`:                          "'p'",
		`{"identifier":"e","properties":{"a":"1"},"relations":{"p":null}}`:   "'p'",
		`{"identifier":"e","properties":{"a":1,"b":2,"c":3},"relations":{}}`: "properties/b",
	} {
		if body := c.must(422, "POST", "/v1/blueprints/x/entities", entity); !strings.Contains(message(body), want) {
			t.Errorf("%s: %s, want %s", entity, message(body), want)
		}
	}
	c.must(201, "POST", "/v1/blueprints/x/entities", `{"identifier":"e","properties":{"a":"1"},"relations":{"p":"p1"}}`)
	c.must(200, "POST", "/v1/blueprints/x/entities?upsert=true&merge=true", `{"identifier":"e","properties":{"b":"2"}}`)
	c.must(422, "POST", "/v1/blueprints/x/entities?upsert=true&merge=true", `{"identifier":"e","properties":{"a":null}}`)
	c.must(422, "POST", "/v1/blueprints/x/entities?upsert=true", `{"identifier":"e","properties":{"b":"2"}}`)
}
