package servicehooks

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// FuzzHandler: no body brings an answer that loses events or a panic, and what is
// queued is mapped and has an id.
func FuzzHandler(f *testing.F) {
	for _, seed := range []string{
		"", "null", "{", "[]", push, strings.ReplaceAll(push, "git.push", "workitem.deleted"),
		`{"eventType": "workitem.updated", "resource": {"workItemId": 7}}`,
		`{"eventType": "workitem.updated", "resource": {"workItemId": "-7"}}`,
		`{"eventType": "git.push", "resource": null, "createdDate": {}}`,
		`{"eventType": "\u0000<script>", "createdDate": "0001-01-01T00:00:00Z"}`,
		strings.Repeat("[", 20_000), `{"eventType":"a","resource":` + strings.Repeat("[", 20_000),
	} {
		f.Add(seed)
	}
	s := newStation(func(o *Options) {
		o.Observe = func(Event) {}
		o.Logger = slog.New(slog.DiscardHandler)
	})
	f.Fuzz(func(t *testing.T, body string) {
		s.queue.tasks = nil
		resp, got := s.post(t, delivery(strings.NewReader(body)))
		want := map[int]string{http.StatusAccepted: "queued", http.StatusOK: "ignored", http.StatusBadRequest: "refused"}
		if outcome, ok := want[resp.StatusCode]; !ok || got.Outcome != outcome {
			t.Fatalf("%d %+v", resp.StatusCode, got)
		}
		if queued := len(s.queue.tasks) > 0; queued != (len(got.Tasks) > 0) || resp.StatusCode == 202 && !queued {
			t.Fatalf("queued %+v, answered %+v", s.queue.tasks, got)
		}
		for _, task := range s.queue.tasks {
			for _, ref := range task.Refs {
				if ref.ID == "" || !slices.Contains([]string{"repository", "work-item", "project"}, ref.Kind) {
					t.Fatalf("queued %+v", ref)
				}
			}
		}
	})
}
