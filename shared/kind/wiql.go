package kind

import (
	"errors"
	"regexp"
	"strings"
)

// The keywords that matter here, in a text that was masked.
var (
	selectKeyword = regexp.MustCompile(`^SELECT\b`)
	orderKeyword  = regexp.MustCompile(`\bORDER\s+BY\b`)
)

// condition checks the user's part of a WIQL query. An order means nothing to a
// catalog, and would break the paging by number, so it is left out.
func condition(wiql string) (string, error) {
	wiql = strings.TrimSpace(wiql)
	words := maskLiterals(wiql)
	if selectKeyword.MatchString(words) {
		return "", errors.New("selector.wiql holds only a condition, such as [System.State] <> 'Closed'; leave out SELECT ... FROM ... WHERE")
	}
	if at := orderKeyword.FindStringIndex(words); at != nil {
		wiql = strings.TrimSpace(wiql[:at[0]])
	}
	return wiql, nil
}

// maskLiterals returns a WIQL text, byte for byte, with literals and the names of
// fields replaced by dots, and letters in upper case, so that keywords can be
// looked for.
func maskLiterals(wiql string) string {
	masked := []byte(wiql)
	var quote byte // what ends the literal or name, 0 outside
	for i, c := range masked {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
			masked[i] = '.'
		case c == '\'' || c == '"':
			quote = c
			masked[i] = '.'
		case c == '[':
			quote = ']'
			masked[i] = '.'
		case 'a' <= c && c <= 'z':
			masked[i] = c - 'a' + 'A'
		}
	}
	return string(masked)
}
