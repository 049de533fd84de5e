package azurestorage

import (
	"encoding/base64"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"adoport/shared/ingest"
)

// encoded returns the text of a message.
func encoded(tb testing.TB, m message) string {
	tb.Helper()
	text, err := m.encode(maxBody)
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

// TestText is what is in the queues: readers of an earlier release, other
// languages and people read it.
func TestText(t *testing.T) {
	t.Parallel()
	refresh := ingest.Task{Version: 1, Type: ingest.Refresh, Refs: []ingest.Ref{{Kind: "work-item", ID: "<1>", ProjectID: "p"}}}
	for want, m := range map[string]message{
		`{"v":1,"type":"refresh","refs":[{"kind":"work-item","id":"<1>","projectId":"p"}]}`: {Task: refresh},
		`{"v":1,"type":"walk","run":"run-1","source":"work-item","page":7,"tries":2}`:       {Task: task(7), Tries: 2},
		`{"v":1,"type":"walk","run":"run-1","source":"work-item","page":7,"tries":-3}`:      {Task: task(7), Tries: -3},
		`{"v":1,"type":"walk","run":"run-1","source":"work-item","reason":"boom","at":"2024-02-29T23:59:59.5Z"}`: {
			Task: task(0), Reason: "boom", At: time.Date(2024, 2, 29, 23, 59, 59, 5e8, time.UTC),
		},
	} {
		text := encoded(t, m)
		body, err := base64.StdEncoding.DecodeString(text)
		if err != nil || string(body) != want {
			t.Errorf("the message is %s, %v; want %s", body, err, want)
		}
		if again, err := ingest.DecodeTask(body); err != nil || cmp.Diff(m.Task, again) != "" {
			t.Errorf("a reader of tasks reads %+v, %v; want %+v", again, err, m.Task)
		}
		for _, text := range []string{text, want, "\n " + want + "\n"} {
			if again, err := decode(text); err != nil || cmp.Diff(m, again) != "" {
				t.Errorf("%q is read as %+v, %v; want %+v", text, again, err, m)
			}
		}
	}
}

// TestFieldsOfTask: a task MUST NOT have fields of the names that a message adds.
func TestFieldsOfTask(t *testing.T) {
	t.Parallel()
	for f := range reflect.TypeFor[ingest.Task]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if slices.Contains([]string{"tries", "reason", "at"}, strings.ToLower(name)) {
			t.Errorf("%s is %q in JSON, which means something else in a message", f.Name, name)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                       "decoding a task",
		"garbage!":                               "neither JSON nor base64",
		"<b>xml</b>":                             "neither JSON nor base64",
		"Z2FyYmFnZQ==":                           "decoding a task",
		"Z2FyYmFnZQ":                             "neither JSON nor base64", // no padding
		"[1]":                                    "neither JSON nor base64",
		`{"v":1,"type":"walk"`:                   "decoding a task",
		`{"v":1,"type":"walk"}{}`:                "decoding a task",
		`{"v":2,"type":"walk"}`:                  "version 2 is not known",
		`{"v":1,"type":"dance"}`:                 `unknown type "dance"`,
		`{"v":1,"type":"walk","tries":"two"}`:    "decoding a task",
		`{"v":1,"type":"walk","at":"yesterday"}`: "decoding a task",
		`{"v":1,"type":"walk","tries":1e99999}`:  "decoding a task",
		"eyJ2IjoxLCJ0eXBlIjoid2FsayJ9 and more":  "neither JSON nor base64",
		base64.StdEncoding.EncodeToString([]byte{0}): "decoding a task",
	} {
		if _, err := decode(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("decode(%q) = %v; want an error with %q", text, err, want)
		}
	}
}

func TestAttempt(t *testing.T) {
	t.Parallel()
	const huge = 1 << 62
	for _, tt := range []struct {
		deliveries int64
		tries      int
		want       int
	}{
		{1, 0, 1},
		{5, 0, 5},
		{1, 3, 4},
		{4, -3, 1},
		{0, 0, 1},
		{-huge, 0, 1},
		{2, -9, 1},
		{huge, maxTries, 2 * maxTries},
	} {
		if got := (message{Tries: tt.tries}).attempt(tt.deliveries); got != tt.want {
			t.Errorf("delivery %d of a message with %d tries is attempt %d; want %d", tt.deliveries, tt.tries, got, tt.want)
		}
	}
	m, err := decode(`{"v":1,"type":"walk","tries":9000000000000000000}`)
	if err != nil || m.attempt(huge) != 2*maxTries {
		t.Errorf("a message with absurd tries is %+v, %v", m, err)
	}
}

func TestReceipt(t *testing.T) {
	t.Parallel()
	r := receipt{until: time.Unix(1, 2), id: "an-id", pop: "AgAAAA+/==", text: ` {"a": "b c"} `}
	if again, ok := parseReceipt(r.String()); !ok || again != r {
		t.Errorf("%q is read as %+v, %t", r, again, ok)
	}
	for _, s := range []string{"", "a", "1 2 3", "-! id pop text", "zzzzzzzzzzzzzzzzzz id pop text", "1  pop text", "1 id  text"} {
		if r, ok := parseReceipt(s); ok {
			t.Errorf("%q is read as %+v", s, r)
		}
	}
}

func TestSeconds(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]int32{
		-time.Hour: 0, 0: 0, 1: 1, time.Millisecond: 1, time.Second: 1, time.Second + 1: 2, 90 * time.Minute: 5400,
		7 * 24 * time.Hour: 604800, 7*24*time.Hour + 1: 604800, 1<<63 - 1: 604800,
	} {
		if got := seconds(d); got != want {
			t.Errorf("seconds(%d) = %d; want %d", d, got, want)
		}
	}
}
