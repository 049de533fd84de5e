package infra

import (
	"iter"
	"slices"
	"strings"
)

// node is a node of a syntax tree.
type node struct {
	// kind is that of the grammar, field what it is to its parent, text its source.
	kind, field, text string
	line              int
	parent            *node
	// kids are the named children; words are the others.
	kids  []*node
	words []string
}

// all yields a node and everything below it that is of a kind.
func (n *node) all(kind string) iter.Seq[*node] {
	return func(yield func(*node) bool) { n.walk(kind, yield) }
}

func (n *node) walk(kind string, yield func(*node) bool) bool {
	if n == nil {
		return true
	}
	if n.kind == kind && !yield(n) {
		return false
	}
	for _, kid := range n.kids {
		if !kid.walk(kind, yield) {
			return false
		}
	}
	return true
}

// child returns the first child of one of some kinds, or nil.
func (n *node) child(kinds ...string) *node {
	for _, kid := range n.kids {
		if slices.Contains(kinds, kid.kind) {
			return kid
		}
	}
	return nil
}

// as returns the child that is a field, or nil.
func (n *node) as(field string) *node {
	for _, kid := range n.kids {
		if kid.field == field {
			return kid
		}
	}
	return nil
}

// last returns the last child that is no comment, or nil.
func (n *node) last() *node {
	for _, kid := range slices.Backward(n.kids) {
		if kid.kind != "comment" {
			return kid
		}
	}
	return nil
}

// literal returns the value of a string without interpolation, or false.
func (n *node) literal() (string, bool) {
	if n == nil || n.kind != "string" || n.child("interpolation") != nil {
		return "", false
	}
	var b strings.Builder
	for _, kid := range n.kids {
		b.WriteString(strings.TrimPrefix(kid.text, `\`))
	}
	return b.String(), true
}

// property is one of an object.
type property struct {
	key   string
	value *node
}

// properties returns those of an object, of none if it is something else.
func (n *node) properties() []property {
	var list []property
	if n == nil || n.kind != "object" {
		return nil
	}
	for _, kid := range n.kids {
		if kid.kind != "object_property" || len(kid.kids) < 2 {
			continue
		}
		key := kid.kids[0].text
		if value, ok := kid.kids[0].literal(); ok {
			key = value
		}
		list = append(list, property{key: key, value: kid.last()})
	}
	return list
}

// at follows the keys of objects. It returns nil if there is nothing.
func (n *node) at(keys ...string) *node {
	for _, key := range keys {
		var next *node
		for _, p := range n.properties() {
			if p.key == key {
				next = p.value
			}
		}
		n = next
	}
	return n
}

// call returns the name and the arguments of a call of a function, or "".
func (n *node) call() (name string, arguments []*node) {
	if n == nil || n.kind != "call_expression" || n.as("function").kind != "identifier" {
		return "", nil
	}
	return n.as("function").text, n.as("arguments").kids
}

// String returns the source of a node, "" of none.
func (n *node) String() string {
	if n == nil {
		return ""
	}
	return n.text
}
