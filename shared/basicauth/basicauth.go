// Package basicauth checks the basic authentication (RFC 7617) of requests
// against one user name and several passwords.
package basicauth

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
)

// Credentials are what requests are checked against. It is safe for concurrent
// use if Passwords is.
type Credentials struct {
	// Username is compared exactly.
	Username string
	// Passwords returns all that are accepted now: two while one is replaced by
	// the other. It is called for every request. An empty password is never
	// accepted, and without any password no request is; nil returns none.
	Passwords func() []string
}

// Accepts reports whether a request has the user name and one of the passwords.
//
// The time it takes depends on how many passwords there are and on what the
// request sent, but not on how much of it is right: hashes are compared, so that
// not even a length can be learned, and a match does not end the comparison.
func (c Credentials) Accepts(r *http.Request) bool {
	username, password, ok := r.BasicAuth()
	if !ok || c.Passwords == nil {
		return false
	}
	match := 0
	for _, accepted := range c.Passwords() {
		if accepted != "" {
			match |= equal(password, accepted)
		}
	}
	return match&equal(username, c.Username) == 1
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
