package ingest

import (
	"context"
	"time"
)

// maxTouched bounds what an engine remembers of refreshes. What is older than any
// page takes is forgotten first.
const (
	maxTouched  = 50_000
	touchedLife = 30 * time.Minute
)

// touched is what a refresh and a walk have in common of an item: a walk does not
// always know the project that an event named.
type touched struct{ kind, id string }

// touch remembers that items are being refreshed now.
func (e *Engine) touch(refs []Ref) {
	now := e.o.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.touches) > maxTouched {
		for t, at := range e.touches {
			if now.Sub(at) > touchedLife {
				delete(e.touches, t)
			}
		}
	}
	for _, ref := range refs {
		e.touches[touched{ref.Kind, ref.ID}] = now
	}
}

// touchedSince returns those of the refs that were refreshed at or after a time.
func (e *Engine) touchedSince(at time.Time, refs []Ref) []Ref {
	e.mu.Lock()
	defer e.mu.Unlock()
	var since []Ref
	for _, ref := range refs {
		if t, ok := e.touches[touched{ref.Kind, ref.ID}]; ok && !t.Before(at) {
			since = append(since, ref)
		}
	}
	return since
}

// overtaken refreshes those items of a page that an event refreshed since the
// page was read: the page may have written what was true before, or brought back
// what was deleted meanwhile.
func (e *Engine) overtaken(ctx context.Context, kind string, readAt time.Time, refs []Ref) error {
	since := e.touchedSince(readAt, refs)
	if len(since) == 0 {
		return nil
	}
	return e.coalescer(kind).do(ctx, since)
}
