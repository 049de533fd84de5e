package kind

import (
	"errors"
	"strings"
)

// condition checks the user's part of a WIQL query. An order means nothing to a
// catalog, and would break the paging by number, so it is left out.
func condition(wiql string) (string, error) {
	wiql = strings.TrimSpace(wiql)
	words := maskLiterals(wiql)
	if strings.HasPrefix(words, "SELECT") {
		return "", errors.New("selector.wiql holds only a condition, such as [System.State] <> 'Closed'; leave out SELECT ... FROM ... WHERE")
	}
	if i := strings.LastIndex(words, "ORDER BY"); i >= 0 {
		wiql = strings.TrimSpace(wiql[:i])
	}
	return wiql, nil
}

// maskLiterals returns a WIQL text, byte for byte, with what is quoted replaced
// and letters in upper case, so that keywords can be looked for.
func maskLiterals(wiql string) string {
	masked := []byte(wiql)
	var quote byte
	for i, c := range masked {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
			masked[i] = '_'
		case c == '\'' || c == '"':
			quote = c
			masked[i] = '_'
		case 'a' <= c && c <= 'z':
			masked[i] = c - 'a' + 'A'
		}
	}
	return string(masked)
}
