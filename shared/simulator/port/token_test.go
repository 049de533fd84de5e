package port

import (
	"testing"
	"time"
)

func TestAccessToken(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body   string
		status int
		code   any
	}{
		"right":         {`{"clientId":"client","clientSecret":"secret"}`, 200, nil},
		"wrong secret":  {`{"clientId":"client","clientSecret":"guess"}`, 401, "invalid_credentials"},
		"wrong client":  {`{"clientId":"other","clientSecret":"secret"}`, 401, "invalid_credentials"},
		"no secret":     {`{"clientId":"client"}`, 422, "invalid_request"},
		"wrong type":    {`{"clientId":7,"clientSecret":"secret"}`, 422, "invalid_request"},
		"not JSON":      {`clientId=client`, 400, "bad_request"},
		"two documents": {`{"clientId":"client","clientSecret":"secret"} {}`, 400, "bad_request"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := newClient(t, Options{})
			a := c.send("POST", "/v1/auth/access_token", tt.body)
			if a.status != tt.status || a.body["error"] != tt.code || a.body["ok"] != (tt.status == 200) {
				t.Errorf("got %d %v, want %d and error %v", a.status, a.body, tt.status, tt.code)
			}
			if tt.status != 200 && a.body["message"] == "" {
				t.Error("a refusal has no message")
			}
		})
	}
}

func TestTokenIsTheSameUntilItExpires(t *testing.T) {
	t.Parallel()
	c, at := newClient(t, Options{})
	first := c.token
	at.add(2 * time.Hour)
	a := c.must(200, "POST", "/v1/auth/access_token", `{"clientId":"client","clientSecret":"secret"}`)
	if a["accessToken"] != first || a["expiresIn"] != 3600.0 || a["tokenType"] != "Bearer" {
		t.Errorf("after two of three hours: %v", a)
	}
	c.must(200, "GET", "/v1/blueprints", "")
	at.add(time.Hour)
	c.must(401, "GET", "/v1/blueprints", "")
	c.login()
	if c.token == first {
		t.Error("an expired token was issued again")
	}
	c.must(200, "GET", "/v1/blueprints", "")
}

func TestEveryRouteNeedsAToken(t *testing.T) {
	t.Parallel()
	for _, header := range []string{"", "Bearer", "Bearer ", "Bearer wrong", "simulated-token-1", "Basic c2ltdWxhdGVk"} {
		c, _ := newClient(t, Options{})
		if err := c.server.tokens.check(header); err == nil {
			t.Errorf("%q was accepted", header)
		}
	}
	if err := New(Options{}).tokens.check("Bearer "); err == nil {
		t.Error("an empty token was accepted before any was issued")
	}
	c, _ := newClient(t, Options{})
	c.token = "wrong"
	for _, route := range [][2]string{
		{"GET", "/v1/blueprints"},
		{"POST", "/v1/blueprints/b/entities/bulk"},
		{"POST", "/v1/blueprints/entities/datasource-entities"},
		{"DELETE", "/v1/blueprints/b/entities/e"},
		{"GET", "/v1/nowhere"},
	} {
		if body := c.must(401, route[0], route[1], "{}"); body["error"] != "unauthorized" {
			t.Errorf("%v: %v", route, body)
		}
	}
}

func TestRevokeTokenAndSetSecret(t *testing.T) {
	t.Parallel()
	c, _ := newClient(t, Options{})
	c.server.RevokeToken()
	c.must(401, "GET", "/v1/blueprints", "")
	c.server.SetSecret("rotated")
	c.must(401, "POST", "/v1/auth/access_token", `{"clientId":"client","clientSecret":"secret"}`)
	c.must(200, "POST", "/v1/auth/access_token", `{"clientId":"client","clientSecret":"rotated"}`)
}
