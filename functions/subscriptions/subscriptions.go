// Package subscriptions is the timer function that looks after the service
// hooks: it creates what is missing, repairs what is broken, and starts a
// backfill of the kinds whose events were lost meanwhile.
package subscriptions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"adoport/shared/ingest"
	"adoport/shared/servicehook"
)

// Reconciler makes the subscriptions those that are needed.
type Reconciler interface {
	Ensure(ctx context.Context, r servicehook.Request) (servicehook.Report, error)
}

// Function is the timer function. All fields are required. What it knows is in
// Notes only, for the next look may be another process's.
type Function struct {
	Reconciler Reconciler
	// Kinds are those that are mapped.
	Kinds []string
	// FailedSince returns, by subscription, an ID of the newest delivery that failed
	// and was created since a time.
	FailedSince func(ctx context.Context, ids []string, since time.Time) (map[string]string, error)
	// Backfill starts a backfill of some kinds.
	Backfill func(ctx context.Context, kinds []string) error
	Notes    ingest.Notes
	Logger   *slog.Logger
}

// note is the name of the note that holds a state.
const note = "subscriptions"

// state is what the last look leaves to the next one.
type state struct {
	Health
	// Owed are kinds whose backfill could not be started yet.
	Owed []string `json:"owed,omitempty"`
	// Asked is until when it is known which deliveries failed, and Failed are the
	// newest of those that did, by subscription: they are made up for, or owed.
	Asked  time.Time         `json:"asked,omitzero"`
	Failed map[string]string `json:"failed,omitempty"`
}

// Health is what the last look at the subscriptions found.
type Health struct {
	// At is the zero time if there was no look yet.
	At      time.Time `json:"at,omitzero"`
	Enabled int       `json:"enabled"`
	Created int       `json:"created"`
	// Repaired were found in another status than enabled.
	Repaired int `json:"repaired"`
	// Backfilled are the kinds of which a backfill was started, because events
	// were lost.
	Backfilled []string `json:"backfilled,omitempty"`
	Error      string   `json:"error,omitempty"`
}

// Last returns what the last look found, the zero value if there was none.
func Last(ctx context.Context, notes ingest.Notes) (Health, error) {
	s, err := load(ctx, notes)
	return s.Health, err
}

func load(ctx context.Context, notes ingest.Notes) (state, error) {
	var s state
	text, err := notes.Note(ctx, note)
	if errors.Is(err, ingest.ErrNotFound) {
		return s, nil
	}
	if err != nil {
		return s, fmt.Errorf("reading what was found at the subscriptions last: %w", err)
	}
	if err := json.Unmarshal(text, &s); err != nil {
		return state{}, fmt.Errorf("reading what was found at the subscriptions last: %w", err)
	}
	return s, nil
}

// Run looks once.
func (f *Function) Run(ctx context.Context) error {
	before, notesErr := load(ctx, f.Notes)
	if notesErr != nil {
		before.Owed = f.Kinds // nobody knows what was, and it is overwritten below
	}
	report, err := f.Reconciler.Ensure(ctx, servicehook.Request{Kinds: f.Kinds})
	if len(report.Created)+len(report.Deleted) > 0 {
		f.Logger.LogAttrs(ctx, slog.LevelInfo, "subscriptions changed", slog.Int("created", len(report.Created)),
			slog.Int("deleted", len(report.Deleted)), slog.Int("lostEvents", len(report.Lost)))
	}
	s := state{Health: Health{
		At: time.Now(), Enabled: len(report.Kept) + len(report.Created),
		Created: len(report.Created), Repaired: len(report.Lost),
	}}
	gaps, gapsErr := f.gaps(ctx, report.Kept, before, &s)
	s.owe(before.Owed, servicehook.Kinds(report.Lost), servicehook.Kinds(gaps))
	err = errors.Join(notesErr, err, gapsErr, f.payBack(ctx, &s))
	if err != nil {
		s.Error = err.Error()
	}
	return errors.Join(err, f.save(ctx, s))
}

// owe adds kinds to those that are owed.
func (s *state) owe(kinds ...[]string) {
	s.Owed = slices.Compact(slices.Sorted(slices.Values(slices.Concat(kinds...))))
}

// payBack starts the backfill of the kinds whose events were lost.
func (f *Function) payBack(ctx context.Context, s *state) error {
	if len(s.Owed) == 0 {
		return nil
	}
	if err := f.Backfill(ctx, s.Owed); err != nil {
		return fmt.Errorf("events of %q were lost, and their backfill could not be started: %w", s.Owed, err)
	}
	s.Backfilled, s.Owed = s.Owed, nil
	return nil
}

func (f *Function) save(ctx context.Context, s state) error {
	s.Error = shortened(s.Error)
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("writing what was found at the subscriptions: %w", err)
	}
	if err := f.Notes.SaveNote(ctx, note, text); err != nil {
		return fmt.Errorf("writing what was found at the subscriptions: %w", err)
	}
	return nil
}

// shortened keeps an error of many steps within a note.
func shortened(s string) string {
	const most = 4096
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
