package keyvault

import (
	"net/http"
	"strings"
	"time"
)

// stored is the newest version of a secret.
type stored struct {
	value, version   string
	disabled         bool
	updated, expires time.Time
}

// Set adds a new version of a secret, enabled, and the secret if there is none.
// Case does not count in names.
func (s *Server) Set(name, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.versions++
	s.secrets[strings.ToLower(name)] = &stored{value: value, version: version(s.versions), updated: time.Now()}
}

// Disable disables the newest version of a secret, until Set adds another.
func (s *Server) Disable(name string) {
	s.change(name, func(v *stored) { v.disabled = true })
}

// Expire ends the time in which the newest version should be used. That changes
// nothing but what the vault says of it.
func (s *Server) Expire(name string, at time.Time) {
	s.change(name, func(v *stored) { v.expires = at })
}

func (s *Server) change(name string, f func(*stored)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v := s.secrets[strings.ToLower(name)]; v != nil {
		f(v)
	}
}

// Delete deletes a secret.
func (s *Server) Delete(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.secrets, strings.ToLower(name))
}

// Forbid takes the right to read secrets from the identity, or gives it back.
func (s *Server) Forbid(forbidden bool) {
	if forbidden {
		s.Refuse(http.StatusForbidden, "Forbidden", "ForbiddenByRbac")
		return
	}
	s.Fail(0)
}

// Fail makes the vault answer every request that has a valid token with a status;
// 0 ends that.
func (s *Server) Fail(status int) { s.Refuse(status, "", "") }

// Refuse is Fail with the error's code and inner code, "" for none.
func (s *Server) Refuse(status int, code, inner string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusal = nil
	if status != 0 {
		s.refusal = &refusal{status: status, code: code, inner: inner, message: "The vault was told to refuse."}
	}
}

// FailIdentity makes the identity endpoint answer with a status; 0 ends that.
func (s *Server) FailIdentity(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.identityRefusal = nil
	if status != 0 {
		s.identityRefusal = &refusal{status: status, message: "The identity was told to refuse."}
	}
}

// Slow makes the vault wait before it answers a request that has a valid token,
// until the client gives up.
func (s *Server) Slow(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slow = d
}

// Reads is how many requests for a secret came with a valid token, whatever the
// answer was.
func (s *Server) Reads(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reads[strings.ToLower(name)]
}

// Tokens is how many tokens were given out for a resource.
func (s *Server) Tokens(resource string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tokens[resource]
}
