package doctor

import (
	"context"
	"errors"
	"strings"
	"testing"

	"adoport/shared/servicehook"
)

// reports is a Reconciler with a fixed answer.
type reports struct {
	t *testing.T
	servicehook.Report
	err error
}

func (r reports) Ensure(_ context.Context, request servicehook.Request) (servicehook.Report, error) {
	if !request.DryRun || len(request.Kinds) != 1 {
		r.t.Errorf("asked for %+v", request)
	}
	return r.Report, r.err
}

func TestSubscriptions(t *testing.T) {
	t.Parallel()
	push := servicehook.Subscription{EventType: "git.push", Status: "onProbation"}
	many := []servicehook.Subscription{push, push, push, push}
	wrong := []servicehook.Deletion{{Subscription: push, Reason: "its password is another one"}}
	tests := map[string]struct {
		reports
		openErr error
		state   State
		words   string
	}{
		"well":       {reports{Report: servicehook.Report{Kept: many}}, nil, OK, "4 subscriptions, all as they should be"},
		"none":       {reports{Report: servicehook.Report{Created: many}}, nil, Warning, "there are none of ours yet; 4 are needed"},
		"wrong":      {reports{Report: servicehook.Report{Created: many[:1], Kept: many, Deleted: wrong}}, nil, Warning, "4 as they should be, 1 missing, 1 wrong|For example git.push in organization: its password is another one."},
		"one lost":   {reports{Report: servicehook.Report{Created: many[:1], Deleted: wrong, Lost: many[:1]}}, nil, Warning, "1 subscription does not deliver: git.push (onProbation); their events are lost|adoport backfill --kind repository"},
		"many lost":  {reports{Report: servicehook.Report{Created: many, Lost: many}}, nil, Warning, "4 subscriptions do not deliver: git.push (onProbation), git.push (onProbation), git.push (onProbation), …"},
		"unreadable": {reports{err: errors.New("no")}, nil, Failed, "they cannot be compared with what is needed: no"},
		"closed":     {reports{}, errors.New("no password"), Failed, "no password"},
	}
	for name, test := range tests {
		test.t = t
		f := Subscriptions(func(context.Context) (Reconciler, error) { return test.reports, test.openErr }, []string{"repository"}).Ask(t.Context())
		text := strings.Join(append([]string{f.Detail}, f.Todo...), "\n")
		for words := range strings.SplitSeq(test.words, "|") {
			if f.State != test.state || !strings.Contains(text, words) {
				t.Errorf("%s: %s\n%s\nwant %s", name, f.State, text, words)
			}
		}
		if test.state == Warning && !strings.Contains(text, "adoport subscriptions ensure") {
			t.Errorf("%s does not say what to do: %s", name, text)
		}
	}
}
