package azuredevops

import (
	"cmp"
	"strings"
	"time"
)

// operand is a value, of an item or of a query, in the form in which the class
// of its field compares. Text is folded: WIQL does not care about case.
type operand struct {
	empty  bool
	class  class
	number float64
	when   time.Time
	text   string
	// account is the unique name of an identity.
	account string
}

// operandOf converts what an item holds.
func operandOf(f *field, v any, byDay bool) operand {
	o := operand{class: f.class}
	switch v := v.(type) {
	case nil:
		o.empty = true
	case string:
		o.text = foldName(v)
		if f.class == identityClass {
			o.text, o.account = splitIdentity(o.text)
		}
	case int:
		o.number = float64(v)
	case float64:
		o.number = v
	case bool:
		o.text = "false"
		if v {
			o.text = "true"
		}
	case time.Time:
		o.when = v
		if byDay {
			o.when = v.UTC().Truncate(24 * time.Hour)
		}
	case *person:
		o.text, o.account = foldName(v.displayName), foldName(v.uniqueName)
	default:
		o.text = foldName(string(mustEncode(v)))
	}
	return o
}

// splitIdentity splits "Ada Example <ada@fabrikam.example>".
func splitIdentity(text string) (name, account string) {
	name, rest, ok := strings.Cut(text, " <")
	if !ok {
		return text, text
	}
	return name, strings.TrimSuffix(rest, ">")
}

func (o operand) equal(w operand) bool {
	if o.class == identityClass {
		return o.text == w.text || o.account == w.account
	}
	return o.compare(w) == 0
}

func (o operand) compare(w operand) int {
	switch {
	case o.empty || w.empty:
		return compareBool(!o.empty, !w.empty)
	case o.class == numberClass:
		return cmp.Compare(o.number, w.number)
	case o.class == dateClass:
		return o.when.Compare(w.when)
	}
	return cmp.Compare(o.text, w.text)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
