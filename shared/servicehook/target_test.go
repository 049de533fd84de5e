package servicehook

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestNewTargetRefuses(t *testing.T) {
	t.Parallel()
	const password = "p4ssw0rd"
	for _, test := range []struct{ url, username, password string }{
		{"", "adoport", password},
		{"hooks.fabrikam.example", "adoport", password},
		{"ftp://hooks.fabrikam.example", "adoport", password},
		{"https:///api", "adoport", password},
		{"https://ada@hooks.fabrikam.example", "adoport", password},
		{"https://hooks.fabrikam.example#top", "adoport", password},
		{"https://hooks.fabrikam.example/%zz?code=" + password, "adoport", password},
		{hookURL, "", password},
		{hookURL, "ado port", password},
		{hookURL, "ado:port", password},
		{hookURL, "adoport", ""},
		{hookURL, "adoport", password + " " + password},
		{hookURL, "adoport", strings.Repeat(password, 33)},
	} {
		_, err := NewTarget(test.url, test.username, test.password)
		if err == nil {
			t.Errorf("%+v was accepted", test)
		} else if strings.Contains(err.Error(), password) {
			t.Errorf("the error shows the password: %v", err)
		}
	}
}

func TestPasswordIsNotPrinted(t *testing.T) {
	t.Parallel()
	const password = "p4ssw0rd"
	to := target(t, hookURL+"?code=c0de", "adoport", password)
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).InfoContext(t.Context(), "x", slog.Any("target", to), slog.Any("subscription", desired(t, allKinds, Scope{}, to)[0]))
	for _, printed := range []string{
		to.String(), fmt.Sprintf("%v %s", to, to), fmt.Sprintf("%+v", desired(t, allKinds, Scope{}, to)), log.String(),
	} {
		if strings.Contains(printed, password) {
			t.Error("the password is shown:", printed)
		}
	}
	if strings.Contains(to.String()+log.String(), "c0de") {
		t.Error("the query is shown:", to, log.String())
	}
}

func TestOwns(t *testing.T) {
	t.Parallel()
	to := target(t, hookURL, "adoport", "s3cret")
	for _, test := range []struct {
		url, consumer, action string
		want                  bool
	}{
		{hookURL, Consumer, Action, true},
		{"HTTPS://Hooks.Fabrikam.Example:443/api/servicehooks", Consumer, Action, true},
		{"http://hooks.fabrikam.example/api/servicehooks", Consumer, Action, false},
		{"https://hooks.fabrikam.example:8443/api/servicehooks", Consumer, Action, false},
		{"https://hooks.fabrikam.example/api/ServiceHooks", Consumer, Action, false},
		{hookURL + "/", Consumer, Action, false},
		{hookURL + "?team=a", Consumer, Action, false},
		{"https://hooks.contoso.example/api/servicehooks", Consumer, Action, false},
		{"://", Consumer, Action, false},
		{"", Consumer, Action, false},
		{hookURL, "slack", Action, false},
		{hookURL, Consumer, "postMessageToChannel", false},
	} {
		s := Subscription{Consumer: test.consumer, Action: test.action, ConsumerInputs: map[string]string{"url": test.url}}
		if got := to.owns(s); got != test.want {
			t.Errorf("%+v: owned is %v", test, got)
		}
	}
}

func TestFingerprint(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, at := range []string{hookURL, hookURL + "2"} {
		for _, password := range []string{"s3cret", "s3cret2"} {
			f := target(t, at, "adoport", password).fingerprint
			if len(f) != 8 || seen[f] != "" || f != target(t, at, "other", password).fingerprint {
				t.Errorf("%s %s: %q, also that of %s", at, password, f, seen[f])
			}
			seen[f] = at + " " + password
		}
	}
}

func TestReadFingerprint(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		headers, want string
		readable      bool
	}{
		{"", "", true},
		{"X-Adoport-Key:1a2b3c4d", "1a2b3c4d", true},
		{"A:b\r\nx-adoport-key : 1a2b3c4d \nC:d", "1a2b3c4d", true},
		{"A:b", "", true},
		{"********", "", false},
		{"X-Adoport-Key:********", "********", false},
	} {
		if got, readable := readFingerprint(test.headers); got != test.want || readable != test.readable {
			t.Errorf("%q: %q, %v", test.headers, got, readable)
		}
	}
}
