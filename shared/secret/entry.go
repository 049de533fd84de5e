package secret

import (
	"errors"
	"time"

	"adoport/shared/settings"
)

// entry is what is known of one secret. Cache.mu guards it.
type entry struct {
	// value is "" if none is known; then err says why, once it was read.
	value settings.Secret
	err   error
	// failing is true if the last read failed, gone if that one said that there
	// is no value.
	failing, gone bool
	// due is when Get reads again, again is from when on Again may.
	due, again time.Time
	flight     *flight
}

func (e *entry) known() bool { return e.value != "" }

// What happened at a read that callers do not learn of; "" is nothing.
const (
	noteNew   = "a secret has a new value"
	noteGone  = "a secret seems to be gone; the older value is used until another read says so too"
	noteStale = "reading a secret failed; the older value is used"
)

// learn takes in the outcome of a read that ended at now, and returns what is to
// be logged.
func (e *entry) learn(value settings.Secret, err error, now time.Time, o Options) (note string) {
	if err == nil {
		if e.known() && e.value != value {
			note = noteNew
		}
		e.value, e.err, e.failing, e.gone = value, nil, false, false
		e.due = now.Add(o.Lifetime)
		return note
	}
	gone := errors.Is(err, ErrNotFound) || errors.Is(err, ErrUnusable)
	pause := o.Pause
	switch {
	case gone && (e.gone || !e.known()):
		e.value, e.err = "", err
	case gone:
		note = noteGone
	case e.known():
		note = noteStale
	default:
		// Nothing works without it: a fault that passes soon must not cost more
		// than a moment.
		e.err, pause = err, o.Pause/10
	}
	e.failing, e.gone = true, gone
	e.due = now.Add(pause)
	e.again = e.due
	return note
}
