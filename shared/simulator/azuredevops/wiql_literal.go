package azuredevops

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// literals parses (a, b, …) into the values of a comparison.
func (p *wiqlParser) literals(c *comparison) error {
	if !p.acceptSign("(") {
		return syntaxError("Expecting opening parenthesis.", p.peek())
	}
	for {
		if err := p.literal(c); err != nil {
			return err
		}
		if !p.acceptSign(",") {
			break
		}
	}
	if !p.acceptSign(")") {
		return syntaxError("Expecting closing parenthesis.", p.peek())
	}
	return nil
}

// literal parses one value and adds it to a comparison.
func (p *wiqlParser) literal(c *comparison) error {
	t := p.next()
	if t.sign("-") {
		t = p.next()
		t.text = "-" + t.text
		if t.kind != numberToken {
			return syntaxError("Expecting constant value.", t)
		}
	}
	var v operand
	var err error
	switch t.kind {
	case stringToken, numberToken:
		v, err = p.constant(c, t)
	case macroToken:
		v, err = p.macro(c, t)
	case wordToken:
		if !t.is("true") && !t.is("false") {
			return syntaxError("Expecting constant value.", t)
		}
		v = operandOf(c.field, foldName(t.text), false)
	default:
		return syntaxError("Expecting constant value.", t)
	}
	c.values = append(c.values, v)
	return err
}

// constant converts a string or a number to the class of the field. An empty
// string stands for an empty field.
func (p *wiqlParser) constant(c *comparison, t token) (operand, error) {
	if t.text == "" {
		return operand{class: c.field.class, empty: true}, nil
	}
	switch c.field.class {
	case numberClass:
		n, err := strconv.ParseFloat(t.text, 64)
		if err != nil {
			return operand{}, &wiqlError{fmt.Sprintf("TF51009: The specified value cannot be converted to the type of the field %s. The error is caused by «%s».", c.field.name, t.source)}
		}
		return operandOf(c.field, n, false), nil
	case dateClass:
		return p.date(c, t)
	case pathClass:
		if !p.server.pathExists(c.field, t.text) {
			return operand{}, &wiqlError{fmt.Sprintf("TF51011: The specified %s path does not exist. The error is caused by «%s».", pathWord(c.field), t.source)}
		}
	}
	return operandOf(c.field, t.text, false), nil
}

func pathWord(f *field) string {
	if f.name == iterationPath {
		return "iteration"
	}
	return "area"
}

// pathExists reports whether a path names an area or an iteration of a project.
func (s *Server) pathExists(f *field, path string) bool {
	name, below, _ := strings.Cut(path, `\`)
	p, ok := s.names[foldName(name)]
	return ok && p.paths[pathKey(f.name, below)]
}

var dateLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04", "1/2/2006 15:04:05",
}

// date converts a date, with a time only if the request allows it.
func (p *wiqlParser) date(c *comparison, t token) (operand, error) {
	for _, layout := range []string{"2006-01-02", "1/2/2006"} {
		if when, err := time.Parse(layout, t.text); err == nil {
			return operandOf(c.field, when, false), nil
		}
	}
	for _, layout := range dateLayouts {
		when, err := time.Parse(layout, t.text)
		if err != nil {
			continue
		}
		if !p.timed {
			return operand{}, &wiqlError{fmt.Sprintf("You cannot supply a time with the date when running a query using date precision. The error is caused by «[%s] %s».", c.field.name, t.source)}
		}
		return operandOf(c.field, when, false), nil
	}
	return operand{}, &wiqlError{fmt.Sprintf("TF51009: The specified date is not valid. The error is caused by «%s».", t.source)}
}

// macro evaluates @project and @today, the latter with days added or taken off.
func (p *wiqlParser) macro(c *comparison, t token) (operand, error) {
	switch {
	case strings.EqualFold(t.text, "project"):
		if p.project == nil {
			return operand{}, &wiqlError{"The macro '@project' needs a project in the address of the request. The error is caused by «@project»."}
		}
		return operandOf(c.field, p.project.name, false), nil
	case strings.EqualFold(t.text, "today") && c.field.class == dateClass:
		days, err := p.days()
		return operandOf(c.field, p.now.UTC().Truncate(24*time.Hour).AddDate(0, 0, days), false), err
	}
	return operand{}, syntaxError("The macro is not known or does not fit the field.", t)
}

// days parses "- 7" or "+ 7" after @today.
func (p *wiqlParser) days() (int, error) {
	sign := 1
	switch {
	case p.acceptSign("-"):
		sign = -1
	case !p.acceptSign("+"):
		return 0, nil
	}
	t := p.next()
	n, err := strconv.Atoi(t.text)
	if t.kind != numberToken || err != nil {
		return 0, syntaxError("Expecting a number of days.", t)
	}
	return sign * n, nil
}
