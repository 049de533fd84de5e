// Package doctor checks what a deployment needs, one question at a time: its
// settings, the services behind them, and the app itself. It changes nothing in
// any service, and nothing that it says holds a secret.
package doctor

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// State says how a check went.
type State string

const (
	// OK is all well.
	OK State = "ok"
	// Warning works, but a person should look at it.
	Warning State = "warning"
	// Failed does not work until a person does something.
	Failed State = "failed"
	// Skipped could not be asked, or does not apply.
	Skipped State = "skipped"
)

// Finding is what a check found.
type Finding struct {
	State State `json:"state"`
	// Detail is one sentence without a full stop.
	Detail string `json:"detail"`
	// Todo says what to do, one line each; it is empty if all is well.
	Todo []string `json:"todo"`
}

// Check is one question.
type Check struct {
	// Name says what is asked about. No two checks have the same one.
	Name string
	// Needs are the names of earlier checks without which this one makes no sense.
	// It is skipped if one of them failed or was skipped. A name that no earlier
	// check has asks for nothing.
	Needs []string
	// Ask finds the answer. It MUST end when ctx does.
	Ask func(ctx context.Context) Finding
}

// Result is a check's name and what it found.
type Result struct {
	Name string `json:"name"`
	Finding
}

// Run asks all checks one after another, each for at most limit, and tells every
// result as soon as it is there. The error is the cause of ctx's end; the results
// are then those until there.
func Run(ctx context.Context, checks []Check, limit time.Duration, tell func(Result)) ([]Result, error) {
	results := make([]Result, 0, len(checks))
	for _, check := range checks {
		r := Result{Name: check.Name, Finding: check.blocked(results)}
		if r.State == "" {
			r.Finding = check.ask(ctx, limit)
		}
		if ctx.Err() != nil {
			return results, context.Cause(ctx)
		}
		if r.Todo == nil {
			r.Todo = []string{}
		}
		tell(r)
		results = append(results, r)
	}
	return results, nil
}

func (c Check) ask(ctx context.Context, limit time.Duration) Finding {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, slowError(limit))
	defer cancel()
	return c.Ask(ctx)
}

// blocked is the finding of a check that cannot be asked, the zero value if it
// can.
func (c Check) blocked(earlier []Result) Finding {
	for _, r := range earlier {
		if !slices.Contains(c.Needs, r.Name) {
			continue
		}
		switch r.State {
		case Failed:
			return skip("because this failed: %s", r.Name)
		case Skipped:
			return skip("because this was skipped: %s", r.Name)
		}
	}
	return Finding{}
}

// Unless returns the checks as they are if reason is "". Else all of them are
// skipped for that reason.
func Unless(reason string, checks ...Check) []Check {
	if reason == "" {
		return checks
	}
	for i := range checks {
		checks[i].Ask = func(context.Context) Finding { return skip("because %s", reason) }
	}
	return checks
}

// Worst is the state of all results together: failed, warning or ok.
func Worst(results []Result) State {
	for _, state := range []State{Failed, Warning} {
		if slices.ContainsFunc(results, func(r Result) bool { return r.State == state }) {
			return state
		}
	}
	return OK
}

func fine(format string, args ...any) Finding {
	return Finding{State: OK, Detail: fmt.Sprintf(format, args...)}
}

func skip(format string, args ...any) Finding {
	return Finding{State: Skipped, Detail: fmt.Sprintf(format, args...)}
}

func warn(detail string, todo ...string) Finding {
	return Finding{State: Warning, Detail: detail, Todo: todo}
}

func fail(detail string, todo ...string) Finding {
	return Finding{State: Failed, Detail: detail, Todo: todo}
}

// counted is a number with its noun.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
