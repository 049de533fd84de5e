package servicehook

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
)

const (
	stepCreate = "create"
	stepDelete = "delete"
)

// create makes what the plan wants: for the organization if it can be, else in
// every project.
func (w *worker) create(ctx context.Context) {
	if w.organization == nil || w.perProject || len(w.plan.Create) == 0 {
		w.createAll(ctx, w.plan.Create, nil)
		return
	}
	s := w.plan.Create[0]
	err := w.createOne(ctx, s)
	if refused := refusal(err); refused != nil {
		w.fallBack(ctx, s, refused)
		return
	}
	if err != nil {
		w.fail(ctx, stepCreate, s, err)
	}
}

// fallBack subscribes in every project, because the organization was refused.
func (w *worker) fallBack(ctx context.Context, s Subscription, refused *RefusedError) {
	want, err := w.expand(s)
	if err != nil {
		w.fail(ctx, stepCreate, s, errors.Join(refused, err))
		return
	}
	have := slices.DeleteFunc(slices.Clone(w.have), func(h Subscription) bool { return w.target.owns(h) && !h.Healthy() })
	w.perProject = true
	w.plan = Diff(w.target, want, have)
	w.createAll(ctx, w.plan.Create, refused)
}

// createAll makes the first of many and then the others side by side. If even
// the first is refused with the words with which the organization was, and these
// are not about rights, the request itself is wrong, and no other project will
// take it.
func (w *worker) createAll(ctx context.Context, all []Subscription, organization *RefusedError) {
	if len(all) == 0 {
		return
	}
	first, others := all[0], all[1:]
	if err := w.createOne(ctx, first); err != nil {
		if r := refusal(err); r != nil && organization != nil && r.Message == organization.Message && !aboutRights(r) {
			w.fail(ctx, stepCreate, first, fmt.Errorf("%w (%d other projects were not tried)", err, len(others)))
			return
		}
		w.fail(ctx, stepCreate, first, err)
	}
	var g errgroup.Group
	g.SetLimit(inFlight)
	for _, s := range others {
		g.Go(func() error {
			if err := w.createOne(ctx, s); err != nil {
				w.fail(ctx, stepCreate, s, err)
			}
			return nil
		})
	}
	_ = g.Wait() // What failed is in the report.
}

// createOne makes one subscription, with the first version of the resource that
// the server has.
func (w *worker) createOne(ctx context.Context, s Subscription) error {
	for {
		version := w.version()
		s.ResourceVersion = version
		answer, err := w.api.create(ctx, w.target.withPassword(s))
		switch {
		case err == nil:
			w.made(ctx, s, answer)
			return nil
		case !aboutVersion(err, version) || !w.giveUp(version):
			return err
		}
	}
}

func (w *worker) version() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.versions[0]
}

// giveUp tries a version no more; false if it is the last.
func (w *worker) giveUp(version string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.versions[0] != version {
		return true // Another one gave it up meanwhile.
	}
	if len(w.versions) == 1 {
		return false
	}
	w.versions = w.versions[1:]
	return true
}

// refusal returns err if it is how Azure DevOps refuses a subscription for the
// organization: 403, or 400 with a message about insufficient permissions
// (port-labs/ocean#766) or about a project that is required.
func refusal(err error) *RefusedError {
	r, ok := errors.AsType[*RefusedError](err)
	if !ok || r.Status != http.StatusBadRequest && r.Status != http.StatusForbidden {
		return nil
	}
	return r
}

func aboutRights(r *RefusedError) bool {
	message := strings.ToLower(r.Message)
	return r.Status == http.StatusForbidden ||
		slices.ContainsFunc([]string{"permission", "authoriz", "access", "administrator"}, func(word string) bool {
			return strings.Contains(message, word)
		})
}

// aboutVersion reports whether a subscription was refused for the version of its
// resource.
func aboutVersion(err error, version string) bool {
	r := refusal(err)
	return r != nil && r.Status == http.StatusBadRequest &&
		(strings.Contains(r.Message, version) || strings.Contains(strings.ToLower(r.Message), "version"))
}
