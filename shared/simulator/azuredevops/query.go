package azuredevops

import (
	"net/url"
	"strconv"
	"strings"
)

// query holds the parameters of a request by lower-case name; the service does
// not care about the case of names.
type query map[string]string

// parseQuery reads a raw query. It does not use url.ParseQuery, which drops a
// parameter with a raw semicolon without a word: a client that forgets to
// escape a continuation token gets an error here, not the first page again.
func parseQuery(raw string) (query, *reply) {
	q := query{}
	if strings.Contains(raw, ";") {
		a := invalid("A value of the query string contains a semicolon that is not escaped: %s", raw)
		return nil, &a
	}
	for pair := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(pair, "=")
		n, errName := url.QueryUnescape(name)
		v, errValue := url.QueryUnescape(value)
		if errName != nil || errValue != nil {
			a := invalid("The query string is not valid: %s", pair)
			return nil, &a
		}
		if n != "" {
			q[strings.ToLower(n)] = v
		}
	}
	return q, nil
}

// number returns a parameter that counts something, fallback if it is absent.
func (q query) number(name string, fallback int) (int, *reply) {
	text, ok := q[name]
	if !ok || text == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		a := invalid("The value of %s is not valid: %s", name, text)
		return 0, &a
	}
	return n, nil
}

func (q query) flag(name string) bool { return strings.EqualFold(q[name], "true") }
