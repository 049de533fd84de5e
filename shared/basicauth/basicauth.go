// Package basicauth checks the basic authentication (RFC 7617) of requests
// against one user name and several passwords.
package basicauth

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
)

// Passwords returns all that are accepted now: two while one is replaced by the
// other. again asks for a closer look, after none of those that it returned
// before fitted; it may return the same. An empty password is never accepted.
type Passwords func(ctx context.Context, again bool) ([]string, error)

// Fixed are passwords that do not change while the process lives.
func Fixed(passwords ...string) Passwords {
	return func(context.Context, bool) ([]string, error) { return passwords, nil }
}

// Credentials are what requests are checked against. It is safe for concurrent
// use if Passwords is.
type Credentials struct {
	// Username is compared exactly.
	Username string
	// Passwords is called for every request, and once more for one with a wrong
	// password. nil accepts nothing.
	Passwords Passwords
}

// Accepts reports whether a request has the user name and one of the passwords.
// The error is that of Passwords: nobody knows whether the request has.
//
// The time it takes depends on how many passwords there are and on what the
// request sent, but not on how much of it is right: hashes are compared, so that
// not even a length can be learned, and a match does not end the comparison.
func (c Credentials) Accepts(r *http.Request) (bool, error) {
	username, password, ok := r.BasicAuth()
	if !ok || c.Passwords == nil {
		return false, nil
	}
	sameUser := equal(username, c.Username)
	for _, again := range []bool{false, true} {
		accepted, err := c.Passwords(r.Context(), again)
		if err != nil {
			return false, err
		}
		if sameUser&anyEqual(password, accepted) == 1 {
			return true, nil
		}
	}
	return false, nil
}

// anyEqual returns 1 if password is one of those that are accepted, else 0.
func anyEqual(password string, accepted []string) int {
	match := 0
	for _, a := range accepted {
		if a != "" {
			match |= equal(password, a)
		}
	}
	return match
}

// equal returns 1 if a and b are equal, else 0.
func equal(a, b string) int {
	hashA, hashB := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(hashA[:], hashB[:])
}

// Challenge asks for credentials, as an answer with status 401 MUST (RFC 9110,
// section 15.5.2). It writes no status and no body.
func Challenge(h http.Header) {
	h.Set("WWW-Authenticate", `Basic realm="adoport", charset="UTF-8"`)
}
