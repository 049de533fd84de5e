package azurefunctions

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestText: every way in which the host, or a version of it, may encode a message.
func TestText(t *testing.T) {
	t.Parallel()
	const task = `{"v":1,"type":"walk"}`
	for name, data := range map[string]string{
		"text, encoded twice": `"\"{\\\"v\\\":1,\\\"type\\\":\\\"walk\\\"}\""`,
		"text, encoded once":  `"{\"v\":1,\"type\":\"walk\"}"`,
		"an object":           task,
		"bytes as base64":     `"eyJ2IjoxfQ=="`,
	} {
		want := task
		if name == "bytes as base64" {
			want = "eyJ2IjoxfQ=="
		}
		e, err := read(t, `{"Data":{"task":`+data+`},"Metadata":{}}`)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got, err := e.text("task"); got != want || err != nil {
			t.Errorf("%s: %s, %v; want %s", name, got, err, want)
		}
		if _, err := e.text("item"); err == nil || !strings.Contains(err.Error(), "function.json") {
			t.Errorf("another binding: %v", err)
		}
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]int{`"3"`: 3, `3`: 3, `"\"3\""`: 3, `"three"`: -1, `null`: -1, `{}`: -1} {
		e, err := read(t, `{"Data":{"task":"x"},"Metadata":{"dequeuecount":`+value+`}}`)
		if err != nil {
			t.Fatal(err)
		}
		if n, ok := e.number("DequeueCount"); ok != (want > 0) || ok && n != want {
			t.Errorf("%s: %d %t, want %d", value, n, ok, want)
		}
	}
}

func TestNoEnvelope(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"nothing": "", "no JSON": "x", "an array": "[]", "an event": `{"eventType":"git.push"}`,
		"no data": `{"Metadata":{}}`, "no metadata": `{"Data":{"task":"x"}}`, "null": `null`,
		"too much": `{"Data":{"task":"` + strings.Repeat("x", maxEnvelope) + `"},"Metadata":{}}`,
	} {
		if _, err := read(t, body); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func read(t *testing.T, body string) (envelope, error) {
	t.Helper()
	return readEnvelope(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/refresh", strings.NewReader(body)))
}

// FuzzEnvelope: nothing that a body holds breaks the reader.
func FuzzEnvelope(f *testing.F) {
	for _, seed := range []string{
		`{"Data":{"task":"\"{}\""},"Metadata":{"DequeueCount":"1","sys":{"MethodName":"walk"}}}`,
		`{"Data":{"timer":{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{}}`,
		`{"Data":{"timer":{"ScheduleStatus":{"Last":"0001-01-01T00:00:00"},"IsPastDue":"True"}},"Metadata":{}}`, `null`, `{`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		e, err := readEnvelope(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/walk", strings.NewReader(body)))
		if err != nil {
			return
		}
		_, _ = e.text("task")
		_, _ = e.number("DequeueCount")
		_ = isPastDue(e)
	})
}
