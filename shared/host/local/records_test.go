package local

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"
)

// records is a log that can be asked for a record. It is safe for concurrent
// use.
type records struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *records) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(p)
}

func (r *records) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(r, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// expect fails if no record of this level contains all parts.
func (r *records) expect(t *testing.T, level string, parts ...string) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	parts = append(parts, "level="+level)
next:
	for line := range strings.Lines(r.text.String()) {
		for _, part := range parts {
			if !strings.Contains(line, part) {
				continue next
			}
		}
		return
	}
	t.Errorf("no record has %q in:\n%s", parts, r.text.String())
}
