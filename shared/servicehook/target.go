package servicehook

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"strings"
)

// Target is where our subscriptions send events, and with which credentials. It
// prints without its password.
type Target struct {
	url         *url.URL
	username    string
	fingerprint string
	// password is behind a function so that printing a Target never shows it.
	password func() string
}

// credential is what Azure DevOps accepts as user name or password of a web hook
// (consumer webHooks, inputs basicAuthUsername and basicAuthPassword).
var credential = regexp.MustCompile(`^\S{1,256}$`)

// NewTarget checks a target. address is an absolute http or https URL; username
// and password are 1 to 256 characters without spaces. No error holds the
// password or the query of the address.
func NewTarget(address, username, password string) (Target, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return Target{}, errors.New("the URL of the service hooks cannot be read")
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return Target{}, errors.New("the URL of the service hooks is no absolute http or https URL")
	case u.User != nil || u.Fragment != "":
		return Target{}, errors.New("the URL of the service hooks has a user name or a fragment, which Azure DevOps does not send")
	case !credential.MatchString(username) || strings.Contains(username, ":"):
		return Target{}, errors.New("the user name of the service hooks must have 1 to 256 characters, without spaces and colons")
	case !credential.MatchString(password):
		return Target{}, errors.New("the password of the service hooks must have 1 to 256 characters, without spaces")
	}
	f, err := fingerprint(normal(u), password)
	if err != nil {
		return Target{}, fmt.Errorf("computing the fingerprint of the password: %w", err)
	}
	return Target{u, username, f, func() string { return password }}, nil
}

// String is the URL without its query.
func (t Target) String() string {
	if t.url == nil {
		return ""
	}
	return t.url.Scheme + "://" + t.url.Host + t.url.EscapedPath()
}

// consumerInputs are those of every subscription of ours.
func (t Target) consumerInputs() map[string]string {
	return map[string]string{
		inputURL:      t.url.String(),
		inputUsername: t.username,
		InputPassword: Masked,
		inputHeaders:  fingerprintHeader + ":" + t.fingerprint,
		// What is omitted is not "all" for every subscription that the API makes,
		// although Learn says so (port-labs/ocean#3778, terrakube-io/terrakube#3239).
		inputResource: "all",
		inputMessages: "none",
		inputDetailed: "none",
	}
}

// withPassword returns s with the password in it, for API.Create alone.
func (t Target) withPassword(s Subscription) Subscription {
	s.ConsumerInputs = maps.Clone(s.ConsumerInputs)
	s.ConsumerInputs[InputPassword] = t.password()
	return s
}

// owns reports whether a subscription sends to the target. Everything else is
// foreign and MUST NOT be touched.
func (t Target) owns(s Subscription) bool {
	if s.Consumer != Consumer || s.Action != Action {
		return false
	}
	u, err := url.Parse(s.ConsumerInputs[inputURL])
	return err == nil && normal(u) == normal(t.url)
}

// normal is a URL as it is compared: scheme and host without their case and
// without the scheme's own port, path and query as they are (RFC 3986, 6.2).
func normal(u *url.URL) string {
	scheme, host := strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	switch scheme {
	case "http":
		host = strings.TrimSuffix(host, ":80")
	case "https":
		host = strings.TrimSuffix(host, ":443")
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	return scheme + "://" + host + path + "?" + u.RawQuery
}
