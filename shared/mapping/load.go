package mapping

import (
	"fmt"
	"slices"

	"adoport/shared/nearword"
)

// Load reads a mapping file for the given kinds. file names it in messages
// and positions. A wrong file is refused as a whole: the error is Problems,
// with every mistake that could be found.
func Load(file string, data []byte, kinds []Kind) (*Config, error) {
	text := withoutCarriageReturns(data)
	l := &loader{file: file, kinds: kinds, source: newSource(text[:min(len(text), maxFileSize)])}
	r := &reader{anchors: map[string]*node{}, report: l.at}
	root := r.read(text)
	var config *Config
	if root != nil {
		config = l.document(root)
	}
	if len(l.problems) > 0 {
		return nil, l.problems.sorted()
	}
	return config, nil
}

// loader turns nodes into a Config and collects problems. Its methods go on
// after a problem, so what they return is of use only if there was none.
type loader struct {
	file     string
	kinds    []Kind
	source   *source
	problems Problems
}

func (l *loader) at(line, column int, message string) {
	l.problems = append(l.problems, Problem{File: l.file, Line: line, Column: column, Message: message})
}

func (l *loader) problem(n *node, format string, args ...any) {
	if !n.reported {
		l.at(n.line, n.column, fmt.Sprintf(format, args...))
	}
}

// object checks that a node is an object with the given keys. what names it.
func (l *loader) object(n *node, what string, k keys) bool {
	if !l.isObject(n, what) {
		return false
	}
	for _, p := range n.pairs {
		if !slices.Contains(k.valid, p.key.text) {
			l.problem(p.key, "unknown key %q in %s (%s)", p.key.text, what, nearword.Suggestion(p.key.text, k.valid))
		}
	}
	for _, name := range k.required {
		if n.get(name) == nil {
			l.problem(n, "%s needs %q", what, name)
		}
	}
	return true
}

func (l *loader) isObject(n *node, what string) bool {
	if n.kind != objectNode {
		l.problem(n, "%s is %s, it must be an object (key: value)", what, n.describe())
		return false
	}
	return true
}

// flag reads true or false, which may be quoted; n may be nil.
func (l *loader) flag(n *node, name string, otherwise bool) bool {
	if n == nil {
		return otherwise
	}
	if n.kind == boolNode || n.kind == textNode {
		switch n.text {
		case "true", "True", "TRUE":
			return true
		case "false", "False", "FALSE":
			return false
		}
	}
	l.problem(n, "%s is %s, it must be true or false", name, n.describe())
	return otherwise
}

// expression reads a jq expression. It returns nil if there is a problem.
func (l *loader) expression(n *node, path string) *expression {
	switch {
	case n.reported:
		return nil
	case n.kind == objectNode || n.kind == listNode:
		l.problem(n, "%s is %s, it must be a jq expression", path, n.describe())
		return nil
	case n.kind == nullNode && n.text == "":
		l.problem(n, "%s has no value: write a jq expression, or null to clear the field", path)
		return nil
	}
	text := n.text
	if n.kind == nullNode {
		text = "null" // also written ~
	}
	e, mistakes := parseExpression(text)
	for _, m := range mistakes {
		line, column := l.source.locate(n, m.offset)
		l.at(line, column, path+": "+m.message)
	}
	if e == nil {
		return nil
	}
	e.path = path
	return e
}
