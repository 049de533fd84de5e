package port

import (
	"net/mail"
	"net/netip"
	"net/url"
	"strings"
	"unicode"
)

// formats are the known formats of string properties. Each check returns a
// value in its stored form; nil checks nothing. The names are those of Port's
// property pages.
var formats = map[string]func(s string, strictDates bool) (string, bool){
	"date-time": checkDateTime,
	"timer":     checkDateTime,
	"url":       checkURL,
	"email":     checkEmail,
	"idn-email": checkEmail,
	"ipv4":      checkIP(netip.Addr.Is4),
	"ipv6":      checkIP(netip.Addr.Is6),
	"markdown":  nil,
	"yaml":      nil,
	"proto":     nil,
	"user":      nil,
	"team":      nil,
}

func checkDateTime(s string, strict bool) (string, bool) {
	t, ok := parseTime(s, strict)
	if !ok {
		return "", false
	}
	return formatTime(t), true
}

// checkURL wants an absolute URL with a host and without spaces.
func checkURL(s string, _ bool) (string, bool) {
	u, err := url.Parse(s)
	return s, err == nil && u.Scheme != "" && u.Host != "" && !strings.ContainsFunc(s, unicode.IsSpace)
}

func checkEmail(s string, _ bool) (string, bool) {
	a, err := mail.ParseAddress(s)
	return s, err == nil && a.Address == s
}

func checkIP(is func(netip.Addr) bool) func(string, bool) (string, bool) {
	return func(s string, _ bool) (string, bool) {
		a, err := netip.ParseAddr(s)
		return s, err == nil && is(a)
	}
}
