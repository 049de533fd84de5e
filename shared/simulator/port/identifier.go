package port

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxEntityIdentifier    = 1000
	maxBlueprintIdentifier = 100
)

// checkEntityIdentifier applies ^(?!\.{1,2}$)[\p{L}0-9@_.+:\\/=-]+$ and the
// length of at most 1000 characters (API reference).
func checkEntityIdentifier(id string) error {
	return checkIdentifier(id, `@_.+:\/=-`, maxEntityIdentifier)
}

// checkBlueprintIdentifier applies the same set without "=" and at most 100
// characters (API reference).
func checkBlueprintIdentifier(id string) error {
	return checkIdentifier(id, `@_.+:\/-`, maxBlueprintIdentifier)
}

func checkIdentifier(id, marks string, limit int) error {
	if id == "" {
		return invalid("must NOT have fewer than 1 characters")
	}
	if n := utf8.RuneCountInString(id); n > limit {
		return invalid("must NOT have more than %d characters, and has %d", limit, n)
	}
	if id == "." || id == ".." {
		return invalid("must match pattern: it is %q", id)
	}
	for _, r := range id {
		if !unicode.IsLetter(r) && (r < '0' || r > '9') && !strings.ContainsRune(marks, r) {
			return invalid("must match pattern [\\p{L}0-9%s]: %q is not allowed", marks, r)
		}
	}
	return nil
}
