package azuredevops

import (
	"fmt"
	"slices"
	"strings"
)

// operator is what a comparison asks.
type operator int

const (
	equals operator = iota
	less
	lessOrEqual
	greater
	greaterOrEqual
	contains
	under
	isEmpty
)

var signs = map[string]operator{
	"=": equals, "<>": equals, "<": less, "<=": lessOrEqual, ">": greater, ">=": greaterOrEqual,
}

// comparison compares one field with literals: it matches if the operator holds
// for any of them, or for none if it is negated.
type comparison struct {
	field    *field
	operator operator
	negated  bool
	// byDay is true for dates without timePrecision.
	byDay  bool
	values []operand
}

func (c *comparison) match(it *item) bool {
	return c.holds(it) != c.negated
}

func (c *comparison) holds(it *item) bool {
	v := operandOf(c.field, it.value(c.field), c.byDay)
	if c.operator == isEmpty {
		return v.empty
	}
	return slices.ContainsFunc(c.values, func(w operand) bool { return c.operator.holds(v, w) })
}

func (o operator) holds(v, w operand) bool {
	if v.empty || w.empty {
		return o == equals && v.empty && w.empty
	}
	switch o {
	case contains:
		return strings.Contains(v.text, w.text)
	case under:
		return v.text == w.text || strings.HasPrefix(v.text, w.text+`\`)
	case equals:
		return v.equal(w)
	case less:
		return v.compare(w) < 0
	case lessOrEqual:
		return v.compare(w) <= 0
	case greater:
		return v.compare(w) > 0
	default:
		return v.compare(w) >= 0
	}
}

// comparison parses a field, an operator and its values.
func (p *wiqlParser) comparison() (condition, error) {
	start := p.peek().start
	f, err := p.field()
	if err != nil {
		return nil, err
	}
	c := &comparison{field: f, byDay: f.class == dateClass && !p.timed}
	list, err := p.operator(c)
	if err != nil || c.operator == isEmpty {
		return c, err
	}
	if list {
		err = p.literals(c)
	} else {
		err = p.literal(c)
	}
	if err != nil {
		return nil, err
	}
	return c, p.check(c, p.text[start:p.tokens[p.at-1].end])
}

// operator parses an operator; list is true if a list of values follows.
func (p *wiqlParser) operator(c *comparison) (list bool, err error) {
	t := p.next()
	if t.is("NOT") {
		c.negated = true
		t = p.next()
	}
	sign, ok := signs[t.text]
	switch {
	case t.kind == signToken && ok && !c.negated:
		c.operator, c.negated = sign, t.text == "<>"
	case t.is("IN"):
		list = true
	case t.is("CONTAINS"):
		c.operator = contains
	case t.is("UNDER"):
		c.operator = under
	case t.is("IS") && !c.negated:
		c.operator, c.negated = isEmpty, p.accept("NOT")
		if t := p.next(); !t.is("EMPTY") {
			return false, syntaxError("Expecting EMPTY.", t)
		}
	default:
		return false, syntaxError("Expecting comparison operator.", t)
	}
	return list, nil
}

// check refuses operators that a class of fields does not have.
func (p *wiqlParser) check(c *comparison, source string) error {
	var what string
	switch {
	case c.operator == under && c.field.class != pathClass:
		what = "The UNDER operator can only be used with tree path fields."
	case c.operator == contains && c.field.class == pathClass:
		what = "The specified operator cannot be used with area path fields."
	case c.operator == contains && c.field.class != textClass && c.field.class != htmlClass && c.field.class != identityClass:
		what = "The CONTAINS operator cannot be used with this field."
	case c.operator != contains && c.field.class == htmlClass:
		what = "The specified operator cannot be used with long-text fields."
	default:
		return nil
	}
	return &wiqlError{fmt.Sprintf("%s The error is caused by «%s».", what, source)}
}
