package servicehook

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"adoport/shared/ingest"
)

// fake is the subscriptions of an organization, as Azure DevOps keeps them.
type fake struct {
	mu   sync.Mutex
	have []Subscription
	made int
	// log is what was written, "create git.push organization" or "delete <id>".
	log []string
	// lists counts the requests that read.
	lists int
	// passwords are those of what was created.
	passwords map[string]bool

	busy, most int

	// refuse answers a write with an error; nil does not.
	refuse func(step string, s Subscription) error
	// listed answers a list with an error.
	listed func(eventType string) error
}

func (f *fake) enter() func() {
	f.mu.Lock()
	f.busy++
	f.most = max(f.most, f.busy)
	f.mu.Unlock()
	time.Sleep(time.Millisecond / 4)
	f.mu.Lock()
	return func() {
		f.busy--
		f.mu.Unlock()
	}
}

func (f *fake) List(_ context.Context, _, eventType string) ([]Subscription, error) {
	defer f.enter()()
	f.lists++
	if f.listed != nil {
		if err := f.listed(eventType); err != nil {
			return nil, err
		}
	}
	return slices.Clone(f.have), nil // More than was asked for, as some servers do.
}

func (f *fake) Create(ctx context.Context, s Subscription) (Subscription, error) {
	defer f.enter()()
	f.log = append(f.log, "create "+s.EventType+" "+s.Scope())
	if err := f.allow(ctx, stepCreate, s); err != nil {
		return Subscription{}, err
	}
	f.made++
	if f.passwords == nil {
		f.passwords = map[string]bool{}
	}
	f.passwords[s.ConsumerInputs[InputPassword]] = true
	s = existing(s, "made-"+strconv.Itoa(f.made), 0)
	s.ConsumerInputs[InputPassword] = Masked
	f.have = append(f.have, s)
	return s, nil
}

func (f *fake) Delete(ctx context.Context, id string) error {
	defer f.enter()()
	f.log = append(f.log, "delete "+id)
	i := slices.IndexFunc(f.have, func(s Subscription) bool { return s.ID == id })
	if i < 0 {
		return fmt.Errorf("there is no subscription %q", id)
	}
	if err := f.allow(ctx, stepDelete, f.have[i]); err != nil {
		return err
	}
	f.have = slices.Delete(f.have, i, i+1)
	return nil
}

func (f *fake) allow(ctx context.Context, step string, s Subscription) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if f.refuse == nil {
		return nil
	}
	return f.refuse(step, s)
}

// written returns what was written since the last call.
func (f *fake) written() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	log := f.log
	f.log = nil
	return log
}

func (f *fake) change(eventType string, change func(*Subscription)) {
	for i, s := range f.have {
		if s.EventType == eventType {
			f.have[i] = with(s, change)
		}
	}
}

func (f *fake) add(subscriptions ...Subscription) { f.have = append(f.have, subscriptions...) }

func answers(status int, message string) *RefusedError {
	return &RefusedError{status, message, fmt.Errorf("Azure DevOps answered %d %s: %s", status, http.StatusText(status), message)}
}

// noRights is how a project administrator is refused the organization.
func noRights(step string, s Subscription) error {
	if step == stepCreate && s.ProjectID() == "" {
		return answers(400, "You have insufficient permissions to edit the subscription.")
	}
	return nil
}

// organization lists three projects, one of which cannot be read.
type organization struct {
	err   error
	asked int
}

func (o *organization) Projects(context.Context) ([]ingest.Project, error) {
	o.asked++
	return []ingest.Project{
		{ID: fabrikam, Name: "Fabrikam Fiber", State: "wellFormed"},
		{ID: contoso, Name: "Contoso"},
		{ID: web, Name: "Gone", State: "deleting"},
	}, o.err
}

func reconciler(t testing.TB, api API, projects ingest.Projects, password string) *Reconciler {
	t.Helper()
	return &Reconciler{API: api, Projects: projects, Target: target(t, hookURL, "adoport", password), Logger: slog.New(slog.DiscardHandler)}
}

// ensured is Ensure for all kinds, which MUST succeed.
func ensured(t testing.TB, c *Reconciler, events ...string) Report {
	t.Helper()
	report, err := c.Ensure(t.Context(), Request{Kinds: allKinds, Scope: Scope{Events: events}})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// summary is a report in short.
func summary(r Report) string {
	causes := map[DeleteCause]int{}
	for _, d := range r.Deleted {
		causes[d.Cause]++
	}
	var deleted strings.Builder
	for _, cause := range slices.Sorted(maps.Keys(causes)) {
		fmt.Fprintf(&deleted, " %s %d", cause, causes[cause])
	}
	return fmt.Sprintf("created %d, deleted%s, kept %d, foreign %d, lost %d, per project %d, failed %d",
		len(r.Created), deleted.String(), len(r.Kept), len(r.Foreign), len(r.Lost), len(r.PerProject), len(r.Failures))
}

func expect(t testing.TB, r Report, want string) {
	t.Helper()
	if got := summary(r); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

var errFault = errors.New("the connection was reset")
