package basicauth

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func basic(text string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(text))
}

func TestAccepts(t *testing.T) {
	t.Parallel()
	rotating := []string{"old secret", "new:secret"}
	tests := []struct {
		name      string
		header    string
		passwords []string
		want      bool
	}{
		{"first password", basic("adoport:old secret"), rotating, true},
		{"second password, with a colon", basic("adoport:new:secret"), rotating, true},
		{"scheme in other case", strings.Replace(basic("adoport:old secret"), "Basic", "bASIC", 1), rotating, true},
		{"no header", "", rotating, false},
		{"wrong password", basic("adoport:guess"), rotating, false},
		{"beginning of the password", basic("adoport:old secre"), rotating, false},
		{"more than the password", basic("adoport:old secret "), rotating, false},
		{"password in other case", basic("adoport:Old secret"), rotating, false},
		{"both passwords", basic("adoport:old secretnew:secret"), rotating, false},
		{"passwords as one", basic("adoport:old secret,new:secret"), rotating, false},
		{"wrong user", basic("admin:old secret"), rotating, false},
		{"user in other case", basic("Adoport:old secret"), rotating, false},
		{"no user", basic(":old secret"), rotating, false},
		{"no password", basic("adoport:"), rotating, false},
		{"nothing in it", basic(""), rotating, false},
		{"no colon", basic("adoport"), rotating, false},
		{"no base64", "Basic adoport:old secret", rotating, false},
		{"base64 alone", strings.TrimPrefix(basic("adoport:old secret"), "Basic "), rotating, false},
		{"other scheme", strings.Replace(basic("adoport:old secret"), "Basic", "Bearer", 1), rotating, false},
		{"replaced password", basic("adoport:old secret"), []string{"new:secret"}, false},
		{"none configured", basic("adoport:old secret"), nil, false},
		{"none configured, none sent", basic("adoport:"), nil, false},
		{"an empty one configured", basic("adoport:"), []string{""}, false},
		{"an empty one beside another", basic("adoport:"), []string{"", "old secret"}, false},
		{"another beside an empty one", basic("adoport:old secret"), []string{"", "old secret"}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			if tt.header != "" {
				r.Header.Set("Authorization", tt.header)
			}
			c := Credentials{Username: "adoport", Passwords: Fixed(tt.passwords...)}
			if got, err := c.Accepts(r); got != tt.want || err != nil {
				t.Errorf("Accepts = %t, %v; want %t", got, err, tt.want)
			}
		})
	}
}

func TestWithoutPasswordsNothingIsAccepted(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.SetBasicAuth("", "")
	if accepted, err := (Credentials{}).Accepts(r); accepted || err != nil {
		t.Error("zero credentials accepted an empty user with an empty password")
	}
}

func TestPasswordsAreReadForEveryRequest(t *testing.T) {
	t.Parallel()
	password := "before"
	c := Credentials{Username: "adoport", Passwords: func(context.Context, bool) ([]string, error) { return []string{password}, nil }}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.SetBasicAuth("adoport", "after")
	if accepted, err := c.Accepts(r); accepted || err != nil {
		t.Error("accepted a password that is not valid yet")
	}
	password = "after"
	if accepted, err := c.Accepts(r); !accepted || err != nil {
		t.Error("refused a password that has become valid")
	}
}

// TestAnUnknownPasswordMakesThemBeReadAgain: the right one costs no second look.
func TestAnUnknownPasswordMakesThemBeReadAgain(t *testing.T) {
	t.Parallel()
	looks, rotated := 0, "after"
	c := Credentials{Username: "adoport", Passwords: func(_ context.Context, again bool) ([]string, error) {
		if looks++; again {
			return []string{rotated}, nil
		}
		return []string{"before"}, nil
	}}
	for password, want := range map[string]struct {
		accepted bool
		looks    int
	}{"before": {true, 1}, "after": {true, 2}, "guess": {false, 2}} {
		looks = 0
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.SetBasicAuth("adoport", password)
		if accepted, err := c.Accepts(r); accepted != want.accepted || err != nil || looks != want.looks {
			t.Errorf("%q: accepted %t, %v after %d looks; want %+v", password, accepted, err, looks, want)
		}
	}
}

// TestPasswordsThatCannotBeRead is no refusal: the caller has to know.
func TestPasswordsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	failure := errors.New("vault gone")
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.SetBasicAuth("adoport", "secret")
	for _, failing := range []bool{false, true} {
		c := Credentials{Username: "adoport", Passwords: func(_ context.Context, again bool) ([]string, error) {
			if again == failing {
				return nil, failure
			}
			return []string{"another"}, nil
		}}
		if accepted, err := c.Accepts(r); accepted || !errors.Is(err, failure) {
			t.Errorf("again %t: %t, %v", failing, accepted, err)
		}
	}
}

func TestChallenge(t *testing.T) {
	t.Parallel()
	h := http.Header{}
	Challenge(h)
	if got, want := h.Get("WWW-Authenticate"), `Basic realm="adoport", charset="UTF-8"`; got != want {
		t.Errorf("WWW-Authenticate = %s, want %s", got, want)
	}
}

// FuzzAccepts: only the one right header is accepted.
func FuzzAccepts(f *testing.F) {
	for _, seed := range []string{"", "Basic", "Basic ", basic("adoport:secret"), basic("adoport:secret\x00"), basic(":"), "Basic \xff"} {
		f.Add(seed)
	}
	c := Credentials{Username: "adoport", Passwords: Fixed("secret")}
	f.Fuzz(func(t *testing.T, header string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Authorization", header)
		if accepted, err := c.Accepts(r); !accepted || err != nil {
			return
		}
		scheme, encoded, _ := strings.Cut(header, " ")
		decoded, err := base64.StdEncoding.DecodeString(encoded)
		if !strings.EqualFold(scheme, "Basic") || err != nil || string(decoded) != "adoport:secret" {
			t.Errorf("accepted %q", header)
		}
	})
}
