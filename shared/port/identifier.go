package port

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of identifiers, in characters (OpenAPI document).
const (
	MaxIdentifier          = 1000
	MaxBlueprintIdentifier = 100
)

const (
	entityMarks    = `@_.+:\/=-`
	blueprintMarks = `@_.+:\/-`
)

// IdentifierError is an identifier that Port would refuse.
type IdentifierError struct {
	// What is "entity" or "blueprint".
	What       string
	Identifier string
	// Rule is the rule that it breaks, and where.
	Rule string
}

func (e *IdentifierError) Error() string {
	return fmt.Sprintf("the %s identifier %s %s", e.What, quote(e.Identifier), e.Rule)
}

// CheckIdentifier returns an *IdentifierError if Port would refuse identifier
// for an entity: it takes 1 to 1,000 letters of any script, digits 0-9 and
// @_.+:\/=- but neither "." nor "..". Spaces are not among them.
func (*Client) CheckIdentifier(identifier string) error {
	return checkIdentifier("entity", identifier, entityMarks, MaxIdentifier)
}

// CheckBlueprintIdentifier is CheckIdentifier for blueprints: at most 100
// characters, and no "=".
func CheckBlueprintIdentifier(identifier string) error {
	return checkIdentifier("blueprint", identifier, blueprintMarks, MaxBlueprintIdentifier)
}

func checkIdentifier(what, identifier, marks string, limit int) error {
	rule := ""
	switch n := utf8.RuneCountInString(identifier); {
	case n == 0:
		rule = "is empty"
	case identifier == "." || identifier == "..":
		rule = `must be neither "." nor ".."`
	case n > limit:
		rule = fmt.Sprintf("has %d characters, at most %d are allowed", n, limit)
	default:
		rule = offence(identifier, marks)
	}
	if rule == "" {
		return nil
	}
	return &IdentifierError{What: what, Identifier: identifier, Rule: rule}
}

// offence names the first character that is not allowed, "" if there is none.
func offence(identifier, marks string) string {
	position := 0
	for i, r := range identifier {
		position++
		if unicode.IsLetter(r) || r >= '0' && r <= '9' || strings.ContainsRune(marks, r) {
			continue
		}
		shown := fmt.Sprintf("%q", r)
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(identifier[i:]); size == 1 {
				shown = "a byte that is not UTF-8"
			}
		}
		return fmt.Sprintf("has %s at position %d; only letters, digits 0-9 and %s are allowed", shown, position, marks)
	}
	return ""
}

// quote shows an identifier in a message, not the whole of a long one.
func quote(identifier string) string {
	const shown = 80
	if r := []rune(identifier); len(r) > shown {
		return fmt.Sprintf("%q…", string(r[:shown]))
	}
	return fmt.Sprintf("%q", identifier)
}
