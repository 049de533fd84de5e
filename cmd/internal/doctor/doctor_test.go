package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"adoport/shared/ingest"
	"adoport/shared/ledger/azuretable"
	"adoport/shared/secret/keyvault"
	"adoport/shared/transport"
)

// is a check with a fixed finding.
func is(name string, state State, needs ...string) Check {
	return Check{Name: name, Needs: needs, Ask: func(context.Context) Finding { return Finding{State: state, Detail: "asked"} }}
}

func TestRunNeeds(t *testing.T) {
	t.Parallel()
	checks := []Check{
		is("a", OK), is("b", Failed), is("c", Warning), is("d", Skipped),
		is("after a", OK, "a"), is("after b", OK, "b"), is("after c", OK, "c"), is("after d", OK, "d"),
		is("after after b", OK, "after b"), is("after all", OK, "a", "b", "c"), is("after nothing", OK, "z"),
	}
	checks = append(checks, Unless("", is("e", OK))...)
	checks = append(checks, Unless("nobody asked", is("f", OK), is("g", Failed, "b"))...)
	var told []Result
	results, err := Run(t.Context(), checks, time.Minute, func(r Result) { told = append(told, r) })
	if err != nil || !cmp.Equal(results, told) {
		t.Errorf("%v; told %v", err, cmp.Diff(results, told))
	}
	want := map[string]string{
		"a": "ok asked", "b": "failed asked", "c": "warning asked", "d": "skipped asked",
		"after a": "ok asked", "after b": "skipped because this failed: b", "after c": "ok asked", "after d": "skipped because this was skipped: d",
		"after after b": "skipped because this was skipped: after b", "after all": "skipped because this failed: b", "after nothing": "ok asked",
		"e": "ok asked", "f": "skipped because nobody asked", "g": "skipped because this failed: b",
	}
	got := map[string]string{}
	for i, r := range results {
		got[r.Name] = string(r.State) + " " + r.Detail
		if r.Name != checks[i].Name || r.Todo == nil {
			t.Errorf("result %d: %+v", i, r)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if Worst(results) != Failed || Worst(results[2:4]) != Warning || Worst(results[3:4]) != OK || Worst(nil) != OK {
		t.Error("Worst")
	}
}

func TestRunLimit(t *testing.T) {
	t.Parallel()
	slow := Check{Name: "slow", Ask: func(ctx context.Context) Finding {
		<-ctx.Done()
		return failure(ctx, "the service", ctx.Err())
	}}
	results, err := Run(t.Context(), []Check{slow, is("next", OK)}, time.Millisecond, func(Result) {})
	if err != nil || len(results) != 2 || results[0].Detail != "the service: no answer within 1ms" || len(results[0].Todo) == 0 || results[1].State != OK {
		t.Errorf("%v %+v", err, results)
	}
}

func TestRunInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("Ctrl-C")
	stop := Check{Name: "stop", Ask: func(ctx context.Context) Finding {
		cancel(why)
		return failure(ctx, "", ctx.Err())
	}}
	results, err := Run(ctx, []Check{is("a", OK), stop, is("b", OK)}, time.Minute, func(r Result) {
		if r.Name != "a" {
			t.Errorf("told %+v", r)
		}
	})
	if !errors.Is(err, why) || len(results) != 1 {
		t.Errorf("%v %+v", err, results)
	}
}

// rain is an error's text with advice.
const rain = "it rains\n  Take an umbrella.\n\nOr stay.\n"

func TestExplain(t *testing.T) {
	t.Parallel()
	status := &transport.StatusError{System: "Port", Method: "GET", URL: "https://api.port.io/v1/blueprints", Status: 401}
	tests := map[string]struct {
		err    error
		detail string
		advice []string
	}{
		"plain":        {errors.New("it rains"), "it rains", nil},
		"with advice":  {errors.New(rain), "it rains", []string{"Take an umbrella.", "Or stay."}},
		"refused":      {fmt.Errorf("reading: %w", &ingest.AuthError{System: "Port", Advice: "Check\n- the ID", Err: status}), "GET https://api.port.io/v1/blueprints: Port answered 401 Unauthorized", []string{"Check", "- the ID"}},
		"vault":        {fmt.Errorf("reading: %w", &keyvault.Error{Secret: "s", Vault: "v", What: "it is disabled", Do: "enable it"}), "it is disabled", []string{"Enable it."}},
		"table":        {&azuretable.Error{Table: "t", Status: 403, Advice: "Grant it."}, "table t: the service answers 403 Forbidden", []string{"Grant it."}},
		"broken":       {fmt.Errorf("reading: %w", &transport.BrokenError{Err: errors.New("no route")}), "it cannot be reached: reading: no route", nil},
		"table, other": {&azuretable.Error{Table: "t", Status: 500}, "table t: the service answers 500 Internal Server Error", nil},
	}
	for name, test := range tests {
		detail, advice := explain(t.Context(), test.err)
		if detail != test.detail || !cmp.Equal(advice, test.advice) {
			t.Errorf("%s: %q %q", name, detail, advice)
		}
	}
	if f := failure(t.Context(), "Port", errors.New("no"), "Go on."); f.Detail != "Port: no" || !cmp.Equal(f.Todo, []string{"Go on."}) {
		t.Errorf("%+v", f)
	}
	if f := Broken("x", errors.New("a\nb"), "c").Ask(t.Context()); f.State != Failed || f.Detail != "a; b" || strings.Join(f.Todo, "") != "c" {
		t.Errorf("%+v", f)
	}
}
