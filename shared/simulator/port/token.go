package port

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// tokens holds the one active token of the one credential set (API reference:
// asking again gives the same token until it expires).
type tokens struct {
	now      func() time.Time
	lifetime time.Duration

	mu               sync.Mutex
	clientID, secret string
	token            string
	expires          time.Time
	issued           int
}

func newTokens(o Options) *tokens {
	return &tokens{now: o.Now, lifetime: o.TokenLifetime, clientID: o.ClientID, secret: o.ClientSecret}
}

// issue returns the active token and how long it still lives.
func (t *tokens) issue(clientID, secret string) (token string, left time.Duration, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if clientID != t.clientID || secret != t.secret {
		return "", 0, unauthorized("invalid_credentials", "The client ID or the client secret is wrong")
	}
	now := t.now()
	if t.token == "" || !now.Before(t.expires) {
		t.issued++
		t.token = fmt.Sprintf("simulated-token-%d", t.issued)
		t.expires = now.Add(t.lifetime)
	}
	return t.token, t.expires.Sub(now), nil
}

// check accepts the active token in an Authorization header.
func (t *tokens) check(header string) error {
	token, ok := strings.CutPrefix(header, "Bearer ")
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case !ok:
		return unauthorized("unauthorized", "The Authorization header must be a Bearer token")
	case token == "" || token != t.token:
		return unauthorized("unauthorized", "The access token is not valid")
	case !t.now().Before(t.expires):
		return unauthorized("unauthorized", "The access token has expired")
	}
	return nil
}

func (t *tokens) revoke() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.token = ""
}

func (t *tokens) setSecret(secret string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.secret = secret
}

func (s *Server) accessToken(c *call) error {
	var body struct {
		ClientID     *string `json:"clientId"`
		ClientSecret *string `json:"clientSecret"`
	}
	if err := c.decode(&body); err != nil {
		return err
	}
	if body.ClientID == nil || body.ClientSecret == nil {
		return invalid("body must have required properties 'clientId' and 'clientSecret'")
	}
	token, left, err := s.tokens.issue(*body.ClientID, *body.ClientSecret)
	if err != nil {
		return err
	}
	return c.reply(http.StatusOK, map[string]any{
		"ok": true, "accessToken": token, "expiresIn": int64(left / time.Second), "tokenType": "Bearer",
	})
}
