package azuredevops

import (
	"slices"
	"strings"
	"sync"
)

const (
	// remembered is how many secrets are looked for: a rotated one may still be
	// in an answer on its way.
	remembered = 4
	// shortest is the length below which a secret is not looked for, because it
	// would be found in ordinary words. Real ones have 52 characters or more.
	shortest = 8
)

// secrets are the newest secrets that were sent.
type secrets struct {
	mu     sync.RWMutex
	values []string
}

func (s *secrets) remember(values ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range values {
		if len(v) >= shortest && !slices.Contains(s.values, v) {
			s.values = append(s.values, v)
		}
	}
	if extra := len(s.values) - remembered; extra > 0 {
		s.values = slices.Delete(s.values, 0, extra)
	}
}

// redact returns text with every remembered secret replaced by REDACTED.
func (s *secrets) redact(text string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, v := range s.values {
		text = strings.ReplaceAll(text, v, "REDACTED")
	}
	return text
}
