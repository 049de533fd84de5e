package port

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"
)

// apiURL returns base with exactly one /v1 at its end and no slash after it.
func apiURL(base string, allowHTTP bool) (string, error) {
	u, err := url.Parse(strings.TrimSpace(base))
	if inner, ok := errors.AsType[*url.Error](err); ok {
		err = inner.Err // the outer one prints the URL, which may hold a password
	}
	switch {
	case err != nil:
		return "", fmt.Errorf("port: the base URL: %w", err)
	case u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return "", errors.New("port: the base URL must be like " + DefaultBaseURL)
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return "", errors.New("port: the base URL must have no user, query or fragment")
	case u.Scheme == "http" && !allowHTTP && !loopback(u.Hostname()):
		return "", fmt.Errorf("port: the base URL must begin with https: %s is not this machine, and the secret would be readable on the way", u.Hostname())
	}
	path := strings.TrimSuffix(strings.TrimRight(u.EscapedPath(), "/"), "/v1")
	return u.Scheme + "://" + u.Host + strings.TrimRight(path, "/") + "/v1", nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// path joins segments, each escaped, so that an identifier with a slash stays
// one segment. Everything but unreserved characters is escaped, as Ocean does:
// some servers read a plain "+" as a space.
func path(segments ...string) string {
	var b strings.Builder
	for _, s := range segments {
		b.WriteByte('/')
		b.WriteString(strings.ReplaceAll(url.QueryEscape(s), "+", "%20"))
	}
	return b.String()
}

var (
	instancePattern = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)
	notVersion      = regexp.MustCompile(`[^A-Za-z0-9._+-]+`)
)

// checkInstance keeps instance names such that none can be taken for a part of
// another in a $datasource, and such that it is a header value.
func checkInstance(name string) error {
	if !instancePattern.MatchString(name) {
		return fmt.Errorf("port: the instance name %q must be 1 to 64 letters, digits, dots, underscores or dashes", name)
	}
	return nil
}

// product is how the $datasource of everything that we write begins.
const product = "adoport/"

// userAgent is what Port makes the $datasource of.
func userAgent(version, instance string) string {
	version = strings.Trim(notVersion.ReplaceAllString(version, "-"), "-")
	if version == "" {
		version = "dev"
	}
	return product + version + " " + instanceMark(instance)
}

// instanceMark is the part of the $datasource that tells instances apart; the
// parentheses keep "a" from matching "ab".
func instanceMark(instance string) string { return "(instance/" + instance + ")" }
