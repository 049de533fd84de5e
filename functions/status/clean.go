package status

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longest is how many characters of a text are shown.
const longest = 500

// clean returns a text in one line, at most 500 characters long, without what
// would act on a terminal or a page in place of being read: control characters,
// changes of direction, invisible ones. Cleaning twice is cleaning once.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return utf8.RuneError
		default:
			return r // also what is no UTF-8, as utf8.RuneError
		}
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) <= longest {
		return text
	}
	return strings.TrimSpace(string([]rune(text)[:longest-1])) + "…"
}

func cleanAll(texts []string) []string {
	out := make([]string, 0, len(texts))
	for _, text := range texts {
		out = append(out, clean(text))
	}
	return out
}

// withoutSecrets returns the name or URL of an organization without the parts in
// which people put passwords.
func withoutSecrets(organization string) string {
	u, err := url.Parse(organization)
	switch {
	case err == nil && u.Host != "":
		return clean((&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String())
	case strings.ContainsAny(organization, "@?#:"):
		// Not what an organization is called, so nobody knows what it is.
		return "(not shown: neither a name nor a URL)"
	default:
		return clean(organization)
	}
}
