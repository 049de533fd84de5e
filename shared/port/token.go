package port

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"adoport/shared/ingest"
	"adoport/shared/transport"
)

// tokenSource is the transport.Authorizer of the API: it trades the client ID
// and secret for a token and keeps it. Port hands out the same token until it
// expires, so a new one may have little time left, and allows few requests
// without a token (rate-limits): it MUST be cached.
type tokenSource struct {
	url         string
	credentials func(ctx context.Context) (id, secret string, err error)
	client      *transport.Client
	now         func() time.Time

	lock   chan struct{} // holds one element while locked; a channel, to give up waiting with a context
	header string        // "" is no token
	renew  time.Time
	number int // counts the tokens

	newest atomic.Pointer[string] // the token itself, for redact
}

// redact takes the token out of what the service, or a proxy before it, repeats.
func (s *tokenSource) redact(text string) string {
	if token := s.newest.Load(); token != nil {
		return strings.ReplaceAll(text, *token, "***")
	}
	return text
}

// usedKey is the context key of a *int: the number of the token that a request
// was last sent with.
type usedKey struct{}

// withUsed lets Refresh know which token was refused, so that many requests
// that fail with the same old token renew it once.
func withUsed(ctx context.Context) context.Context {
	return context.WithValue(ctx, usedKey{}, new(int))
}

// Authorize sets the Authorization header, with a new token if there is none or
// it is about to expire. Only one caller asks for it; the others wait.
func (s *tokenSource) Authorize(ctx context.Context, h http.Header) error {
	if err := s.acquire(ctx); err != nil {
		return err
	}
	defer s.release()
	if s.header == "" || !s.now().Before(s.renew) {
		if err := s.request(ctx); err != nil {
			return err
		}
	}
	if used, ok := ctx.Value(usedKey{}).(*int); ok {
		*used = s.number
	}
	h.Set("Authorization", s.header)
	return nil
}

// Refresh drops the token if it is the one that ctx's request was sent with.
func (s *tokenSource) Refresh(ctx context.Context) {
	if s.acquire(ctx) != nil {
		return // the request ends with its context
	}
	defer s.release()
	if used, ok := ctx.Value(usedKey{}).(*int); ok && *used != s.number {
		return
	}
	s.header = ""
}

func (s *tokenSource) acquire(ctx context.Context) error {
	select {
	case s.lock <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s *tokenSource) release() { <-s.lock }

// request asks for a token. The lock MUST be held.
func (s *tokenSource) request(ctx context.Context) error {
	id, secret, err := s.credentials(ctx)
	if err != nil {
		return fmt.Errorf("reading the Port credentials: %w", err)
	}
	if id == "" || secret == "" {
		return &ingest.AuthError{System: system, Advice: advice, Err: errors.New("the client ID or the client secret is empty")}
	}
	body, err := json.Marshal(map[string]string{"clientId": id, "clientSecret": secret})
	if err != nil {
		return fmt.Errorf("encoding the Port credentials: %w", err)
	}
	asked := s.now()
	resp, err := s.client.Do(ctx, transport.Request{Method: http.MethodPost, URL: s.url, Body: body})
	if err != nil {
		return refusal(err, secret)
	}
	header, lifetime, err := readToken(resp.Body)
	if err != nil {
		return err
	}
	s.header, s.renew = header, asked.Add(renewAfter(lifetime))
	_, token, _ := strings.Cut(header, " ")
	s.newest.Store(&token)
	s.number++
	return nil
}

// refusal makes an AuthError of an answer that says that the request itself is
// wrong, and takes the secret out of whatever the service repeats.
func refusal(err error, secret string) error {
	var answer *transport.StatusError
	if !errors.As(err, &answer) {
		return fmt.Errorf("asking Port for a token: %w", err)
	}
	clean := *answer
	clean.Code = strings.ReplaceAll(clean.Code, secret, "***")
	clean.Message = strings.ReplaceAll(clean.Message, secret, "***")
	if clean.Status < 400 || clean.Status >= 500 || clean.Status == http.StatusRequestTimeout || clean.Status == http.StatusTooManyRequests {
		return fmt.Errorf("asking Port for a token: %w", &clean)
	}
	return &ingest.AuthError{System: system, Advice: advice, Err: &clean}
}

// readToken reads the answer of the token route. Its errors quote nothing.
func readToken(body []byte) (header string, lifetime time.Duration, _ error) {
	var answer struct {
		AccessToken string  `json:"accessToken"`
		TokenType   string  `json:"tokenType"`
		ExpiresIn   float64 `json:"expiresIn"` // seconds
	}
	if json.Unmarshal(body, &answer) != nil || answer.AccessToken == "" || strings.ContainsFunc(answer.AccessToken+answer.TokenType, notHeader) {
		return "", 0, errors.New("asking Port for a token: the answer has no usable accessToken; is the base URL Port's API?")
	}
	if answer.TokenType == "" {
		answer.TokenType = "Bearer"
	}
	day := (24 * time.Hour).Seconds()
	return answer.TokenType + " " + answer.AccessToken, time.Duration(max(0, min(answer.ExpiresIn, day)) * float64(time.Second)), nil
}

func notHeader(r rune) bool { return r < ' ' || r > '~' }

// renewAfter says when to renew a token of that lifetime: after 80 % of it or 60
// seconds before its end, whichever is earlier; one that lives less than two
// minutes after the half of it. It is at least a second, so that the end of a
// token is not a burst of requests: a token that dies earlier is renewed by its
// 401.
func renewAfter(lifetime time.Duration) time.Duration {
	if lifetime <= 0 {
		return 10 * time.Minute // not said; 3 hours are usual
	}
	early := max(lifetime-time.Minute, lifetime/2)
	return max(time.Second, min(lifetime/5*4, early))
}
