package functionshost

import (
	"encoding/json"
	"errors"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"
)

// changing are the parts of an envelope that are new every time.
var changing = []struct {
	pattern *regexp.Regexp
	text    string
}{
	{regexp.MustCompile(`"UtcNow":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z"`), `"UtcNow":"NOW"`},
	{regexp.MustCompile(`"RandGuid":"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"`), `"RandGuid":"GUID"`},
}

// masked replaces the parts that change.
func masked(text string) string {
	for _, c := range changing {
		text = c.pattern.ReplaceAllString(text, c.text)
	}
	return text
}

func envelopeText(t *testing.T, e *envelope) string {
	t.Helper()
	text, err := e.bytes()
	if err != nil {
		t.Fatal(err)
	}
	if !json.Valid(text) {
		t.Errorf("not JSON: %s", text)
	}
	return masked(string(text))
}

const sys = `"sys":{"MethodName":"refresh","UtcNow":"NOW","RandGuid":"GUID"}`

// TestQueueEnvelope: what the host sends for a message, to the letter.
func TestQueueEnvelope(t *testing.T) {
	t.Parallel()
	m := message{
		id: "52d53c5f-e212-487e-998b-abbe3b9d51e4", popReceipt: "MThGZWIy", dequeueCount: 1,
		inserted: at("2026-11-22T07:00:00").Add(123456789), expires: at("2026-11-29T07:00:00"), visible: at("2026-11-22T07:10:00"),
	}
	known := `"DequeueCount":"1","ExpirationTime":"2026-11-29T07:00:00+00:00","Id":"\"52d53c5f-e212-487e-998b-abbe3b9d51e4\"",` +
		`"InsertionTime":"2026-11-22T07:00:00+00:00","NextVisibleTime":"2026-11-22T07:10:00+00:00","PopReceipt":"\"MThGZWIy\"",` + sys
	tests := map[string]struct{ body, data, metadata string }{
		"text":         {`hello!! <&>`, `"\"hello!! <&>\""`, known},
		"JSON":         {`{"a":1}`, `"\"{\\\"a\\\":1}\""`, known + `,"a":"\"1\""`},
		"an array":     {`[{"a":1}]`, `"\"[{\\\"a\\\":1}]\""`, known},
		"broken JSON":  {`{"a":}`, `"\"{\\\"a\\\":}\""`, known},
		"two objects":  {`{"a":1}{"b":2}`, `"\"{\\\"a\\\":1}{\\\"b\\\":2}\""`, known},
		"empty":        {``, `"\"\""`, known},
		"a task":       {`{"version":1,"kind":"work-item","ids":[7,8],"run":{"id":"r1"},"cursor":null}`, `"\"{\\\"version\\\":1,\\\"kind\\\":\\\"work-item\\\",\\\"ids\\\":[7,8],\\\"run\\\":{\\\"id\\\":\\\"r1\\\"},\\\"cursor\\\":null}\""`, known + `,"version":"\"1\"","kind":"\"work-item\"","run":{"id":"r1"}`},
		"a booby trap": {`{"id":"mine","DEQUEUECOUNT":99,"Sys":"gone","queueTrigger":"x"}`, `"\"{\\\"id\\\":\\\"mine\\\",\\\"DEQUEUECOUNT\\\":99,\\\"Sys\\\":\\\"gone\\\",\\\"queueTrigger\\\":\\\"x\\\"}\""`, strings.NewReplacer(`"DequeueCount":"1"`, `"DequeueCount":"\"99\""`, `"\"52d53c5f-e212-487e-998b-abbe3b9d51e4\""`, `"\"mine\""`, sys, `"sys":"\"gone\""`).Replace(known)},
	}
	for name, tt := range tests {
		m.body = []byte(tt.body)
		e, err := queueEnvelope(&function{name: "refresh", trigger: binding{Name: "task"}}, m)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, want := envelopeText(t, e), `{"Data":{"task":`+tt.data+`},"Metadata":{`+tt.metadata+`}}`; got != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
}

// TestBinaryEnvelope: with dataType binary the bytes come in base64, once, and
// nothing of them is in Metadata.
func TestBinaryEnvelope(t *testing.T) {
	t.Parallel()
	f := &function{name: "refresh", trigger: binding{Name: "task", DataType: "Binary"}}
	e, err := queueEnvelope(f, message{body: []byte(`{"a":1}`), dequeueCount: 2, expires: maxTime, visible: maxTime})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"Data":{"task":"eyJhIjoxfQ=="},"Metadata":{"DequeueCount":"2","ExpirationTime":"9999-12-31T23:59:59+00:00",` +
		`"InsertionTime":"0001-01-01T00:00:00+00:00","NextVisibleTime":"9999-12-31T23:59:59+00:00",` + sys + `}}`
	if got := envelopeText(t, e); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	if _, err := queueEnvelope(f, message{body: []byte{0xff}}); err != nil {
		t.Errorf("bytes: %v", err)
	}
	f.trigger.DataType = ""
	if _, err := queueEnvelope(f, message{body: []byte{0xff}}); err == nil {
		t.Error("what is no UTF-8 was bound to a string")
	}
}

// TestTimerEnvelope: the first run has a Last without a zone.
func TestTimerEnvelope(t *testing.T) {
	t.Parallel()
	f := &function{name: "refresh", trigger: binding{Name: "timer"}}
	status := ScheduleStatus{Next: at("2026-11-30T14:45:51"), LastUpdated: at("2026-11-30T14:43:50").Add(403838 * time.Microsecond)}
	tests := map[string]struct {
		status  *ScheduleStatus
		pastDue bool
		retry   *object
		want    string
	}{
		"the first": {status: &status, want: `{"Schedule":{"AdjustForDST":true},"ScheduleStatus":{"Last":"0001-01-01T00:00:00","Next":"2026-11-30T14:45:51+00:00","LastUpdated":"2026-11-30T14:43:50.403838+00:00"},"IsPastDue":false}},"Metadata":{` + sys + `}}`},
		"not kept":  {want: `{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{` + sys + `}}`},
		"past due":  {pastDue: true, want: `{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":true}},"Metadata":{` + sys + `}}`},
		"a first try": {
			retry: retryContext(0, &retryPolicy{max: 2}, nil),
			want:  `{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{` + sys + `,"RetryContext":{"RetryCount":0,"MaxRetryCount":2,"Exception":null}}}`,
		},
		"another": {
			retry: retryContext(1, &retryPolicy{max: 2}, errors.New("no")),
			want:  `{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{` + sys + `,"RetryContext":{"RetryCount":1,"MaxRetryCount":2,"Exception":{"ClassName":"Microsoft.Azure.WebJobs.Host.FunctionInvocationException","Message":"no"}}}}`,
		},
	}
	for name, tt := range tests {
		if got, want := envelopeText(t, timerEnvelope(f, tt.status, tt.pastDue, tt.retry)), `{"Data":{"timer":`+tt.want; got != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
}

// TestRequestEnvelope: an HTTP function with more bindings gets the request as an
// object; a chunked body is lost.
func TestRequestEnvelope(t *testing.T) {
	t.Parallel()
	f := &function{name: "refresh", trigger: binding{Name: "req"}}
	r := httptest.NewRequest("POST", "http://fabrikam.example/api/order/7?x=1&x=2&code=key", strings.NewReader(`{"id":1005,"list":[1]}`))
	r.Header.Set("Content-Type", "application/json")
	e, err := requestEnvelope(f, r, map[string]string{"order": "7"})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"Data":{"req":{"Url":"http://fabrikam.example/api/order/7?x=1&x=2&code=key","Method":"POST","Query":{"code":"key","x":"1,2"},` +
		`"Headers":{"Host":["fabrikam.example"],"Content-Type":["application/json"]},"Params":{"order":"7"},"Identities":[],` +
		`"Body":"{\"id\":1005,\"list\":[1]}"}},"Metadata":{"id":"\"1005\"","x":"\"1,2\"","order":"\"7\"","Query":{"x":"1,2"},` +
		`"Headers":{"Host":"fabrikam.example","Content-Type":"application/json"},` + sys + `}}`
	if got := envelopeText(t, e); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	r = httptest.NewRequest("POST", "/api/order", strings.NewReader("\x00\xff"))
	r.Header.Set("Content-Type", "application/octet-stream")
	if e, err = requestEnvelope(f, r, nil); err != nil || !strings.Contains(envelopeText(t, e), `"Body":"AP8="`) {
		t.Errorf("bytes: %v", err)
	}
	r = httptest.NewRequest("POST", "/api/order", strings.NewReader("lost"))
	r.ContentLength = -1
	if e, err = requestEnvelope(f, r, nil); err != nil || strings.Contains(envelopeText(t, e), "Body") {
		t.Errorf("a chunked body is there: %v", err)
	}
}

// TestScalars: how .NET writes what is not an object.
func TestScalars(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`1`: "1", `-7`: "-7", `12345678901234567890`: "12345678901234567890", `1.0`: "1", `1.50`: "1.5", `1e3`: "1000",
		`1e15`: "1E+15", `123456789012345.0`: "123456789012345", `0.0001`: "0.0001", `0.00001`: "1E-05", `-2.5e-7`: "-2.5E-07",
		`true`: "True", `false`: "False", `"a\"b"`: `a"b`, `""`: "",
		`"2026-11-22T07:00:00Z"`:          "11/22/2026 07:00:00",
		`"2026-11-22T07:00:00.1234567Z"`:  "11/22/2026 07:00:00",
		`"2026-11-22T07:00:00+02:00"`:     "11/22/2026 05:00:00",
		`"2026-11-22T07:00:00"`:           "11/22/2026 07:00:00",
		`"2026-11-22"`:                    "2026-11-22",
		`"2026-13-22T07:00:00Z"`:          "2026-13-22T07:00:00Z",
		`"at 2026-11-22T07:00:00Z today"`: "at 2026-11-22T07:00:00Z today",
	} {
		if got, ok := scalarText(json.RawMessage(raw)); !ok || got != want {
			t.Errorf("%s: %q, want %q", raw, got, want)
		}
	}
	if _, ok := scalarText(json.RawMessage("null")); ok {
		t.Error("null has a text")
	}
}

func TestObject(t *testing.T) {
	t.Parallel()
	var o object
	o.set("Id", 1)
	o.set("b", "<")
	o.set("ID", 2)
	if text, err := compact(&o); err != nil || string(text) != `{"Id":2,"b":"<"}` {
		t.Errorf("%s, %v", text, err)
	}
	o.set("bad", func() {})
	if _, err := compact(&o); err == nil {
		t.Error("a function has JSON")
	}
	if text, err := compact(&object{}); err != nil || string(text) != `{}` {
		t.Errorf("%s, %v", text, err)
	}
}
