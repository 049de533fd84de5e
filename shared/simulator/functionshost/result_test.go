package functionshost

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestResult is the table of answers in the default mode.
func TestResult(t *testing.T) {
	t.Parallel()
	const jsonContent, hang = "application/json", "hang"
	tests := map[string]struct {
		status            int
		contentType, body string
		want              string // "" is success, hang is no result, else it is in the error
		logs              []string
	}{
		"the least":          {200, jsonContent, `{}`, "", nil},
		"any 2xx":            {299, jsonContent, `{}`, "", nil},
		"text/json":          {200, "text/json", `{}`, "", nil},
		"a charset":          {200, "Application/JSON; charset=utf-8", `{}`, "", nil},
		"all of it":          {200, jsonContent, `{"outputs":{"a":1},"LOGS":["one",2,true],"ReturnValue":null,"more":1}`, "", []string{"one", "2", "True"}},
		"nulls":              {200, jsonContent, `{"Outputs":null,"Logs":null}`, "", nil},
		"a BOM":              {200, jsonContent, "\ufeff{}", "", nil},
		"more after it":      {200, jsonContent, `{} and more`, "", nil},
		"text/plain":         {200, "text/plain; charset=utf-8", `{}`, "no MediaTypeFormatter is available", nil},
		"no type":            {200, "", `{}`, "no MediaTypeFormatter is available", nil},
		"html":               {200, "text/html", `<p>`, "Invalid HttpResponseMessage:\nStatusCode: 200, Content-Type: text/html\n <p>", nil},
		"invalid JSON":       {200, jsonContent, `{"Outputs":`, "Invalid HttpResponseMessage", nil},
		"an array":           {200, jsonContent, `[]`, "Invalid HttpResponseMessage", nil},
		"a string":           {200, jsonContent, `"ok"`, "Invalid HttpResponseMessage", nil},
		"outputs not object": {200, jsonContent, `{"Outputs":[]}`, "Invalid HttpResponseMessage", nil},
		"logs not strings":   {200, jsonContent, `{"Logs":[{}]}`, "Invalid HttpResponseMessage", nil},
		"empty":              {200, jsonContent, ``, hang, nil},
		"empty of any type":  {200, "text/plain", ``, hang, nil},
		"204":                {204, "", ``, hang, nil},
		"null":               {200, jsonContent, ` null `, hang, nil},
		"white space":        {200, jsonContent, " \n", hang, nil},
		"null as text":       {200, "text/plain", `null`, "no MediaTypeFormatter is available", nil},
		"4xx":                {404, jsonContent, `{}`, "Response status code does not indicate success: 404 (Not Found).", nil},
		"5xx":                {500, jsonContent, ``, "Response status code does not indicate success: 500 (Internal Server Error).", nil},
		"3xx":                {302, jsonContent, `{}`, "302", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			response := &http.Response{StatusCode: tt.status, Header: http.Header{"Content-Type": {tt.contentType}}}
			r, err := readResult(response, []byte(tt.body))
			switch {
			case tt.want == hang:
				if r != nil || err != nil {
					t.Errorf("%+v, %v; want no result", r, err)
				}
			case tt.want != "":
				if r != nil || err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("%+v, %v; want %q", r, err, tt.want)
				}
			case err != nil || r == nil || !slices.Equal(r.logs, tt.logs):
				t.Errorf("%+v, %v; want success with the logs %q", r, err, tt.logs)
			}
		})
	}
	long := strings.Repeat("ä", maxQuoted)
	if _, err := readResult(&http.Response{StatusCode: 200}, []byte(long)); err == nil || len(err.Error()) > maxQuoted+300 {
		t.Error("an error quotes all of the answer")
	}
}

func TestOutputs(t *testing.T) {
	t.Parallel()
	f := &function{bindings: []binding{{Name: "task", Type: "queueTrigger"}, {Name: "first", Type: "queue", Direction: "out"}, {Name: "second", Type: "queue", Direction: "out"}}}
	r := &result{outputs: map[string]json.RawMessage{"first": json.RawMessage(`"a"`), "second": json.RawMessage(`null`), "FIRST": json.RawMessage(`"b"`)}}
	if got := r.output(f, f.bindings[1]); string(got) != `"a"` {
		t.Errorf("an output is %s", got)
	}
	if got := r.output(f, f.bindings[2]); got != nil {
		t.Errorf("null is %s", got)
	}
	r.returnValue = json.RawMessage(`{"second":"c","first":null}`)
	if got := r.output(f, f.bindings[2]); string(got) != `"c"` {
		t.Errorf("an object in ReturnValue does not set %s", got)
	}
	f.bindings = append(f.bindings, binding{Name: returnBinding, Type: "queue", Direction: "out"})
	if got := r.output(f, f.bindings[3]); string(got) != string(r.returnValue) {
		t.Errorf("$return is %s", got)
	}
	if got := r.output(f, f.bindings[2]); got != nil {
		t.Errorf("with $return an object in ReturnValue sets %s", got)
	}
}

func TestQueueOutput(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		value  string
		binary bool
		want   []string
	}{
		"text":               {value: `"hello!"`, want: []string{"hello!"}},
		"base64":             {value: `"eyJhIjoxfQ=="`, want: []string{`{"a":1}`}},
		"text like base64":   {value: `"test"`, want: []string{"\xb5\xeb-"}},
		"binary":             {value: `"test"`, binary: true, want: []string{"test"}},
		"an object":          {value: `{"a":[1]}`, want: []string{"{\n  \"a\": [\n    1\n  ]\n}"}},
		"an object as text":  {value: `"{\"a\":1}"`, want: []string{"{\n  \"a\": 1\n}"}},
		"an array":           {value: `["a",{"b":1}]`, want: []string{"a", "{\n  \"b\": 1\n}"}},
		"an array as text":   {value: `"[1,2]"`, want: []string{"1", "2"}},
		"braces but no JSON": {value: `"{a}"`, want: []string{"{a}"}},
		"a number":           {value: `7`, want: []string{"7"}},
	}
	for name, tt := range tests {
		var got []string
		for _, m := range queueMessages(json.RawMessage(tt.value), tt.binary) {
			got = append(got, string(m))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestHTTPOutput(t *testing.T) {
	t.Parallel()
	const text, object = "text/plain; charset=utf-8", "application/json; charset=utf-8"
	tests := map[string]struct {
		value       string
		status      int
		contentType string
		body        string
	}{
		"missing":          {``, 200, object, `{}`},
		"a body":           {`{"body":"hi"}`, 200, text, "hi"},
		"statusCode":       {`{"statusCode":201,"status":202,"body":"hi"}`, 201, text, "hi"},
		"status as text":   {`{"Status":"404"}`, 404, "", ""},
		"no number":        {`{"status":"fine"}`, 200, "", ""},
		"an object":        {`{"body":{"a":1}}`, 200, object, `{"a":1}`},
		"an array":         {`{"body":[1]}`, 200, object, "System.Collections.Generic.List`1[System.Object]"},
		"a header":         {`{"body":"x","headers":{"content-type":"text/csv","X-N":7}}`, 200, "text/csv", "x"},
		"text with object": {`"{\"statusCode\":\"202\"}"`, 202, "", ""},
		"null in text":     {`"null"`, 200, object, `{}`},
	}
	for name, tt := range tests {
		var value json.RawMessage
		if tt.value != "" {
			value = json.RawMessage(tt.value)
		}
		a, err := parseHTTPOutput(value)
		if err != nil || a.status != tt.status || a.header.Get("Content-Type") != tt.contentType || string(a.body) != tt.body {
			t.Errorf("%s: %+v, %v; want %+v", name, a, err, tt)
		}
	}
	for _, value := range []string{`[]`, `"text"`, `7`} {
		if _, err := parseHTTPOutput(json.RawMessage(value)); err == nil || !strings.Contains(err.Error(), "Failed while trying to Deserialize") {
			t.Errorf("%s: %v", value, err)
		}
	}
}

func TestReturnedHTTP(t *testing.T) {
	t.Parallel()
	f := &function{bindings: []binding{{Type: "http", Name: returnBinding, Direction: "out"}}}
	for value, want := range map[string]httpAnswer{
		`"hello!"`:                   textAnswer(200, "text/plain; charset=utf-8", "hello!"),
		`"aGk="`:                     textAnswer(200, "application/octet-stream", "hi"),
		`{"status":403,"body":"hi"}`: textAnswer(403, "text/plain; charset=utf-8", "hi"),
	} {
		got, err := (&result{returnValue: json.RawMessage(value)}).httpAnswer(f)
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(httpAnswer{})); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", value, err, diff)
		}
	}
	if got, err := (&result{}).httpAnswer(&function{}); err != nil || got.status != 200 || got.body != nil {
		t.Errorf("without an output: %+v, %v", got, err)
	}
}
