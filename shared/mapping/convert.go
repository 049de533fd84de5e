package mapping

import (
	"fmt"
	"slices"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"adoport/shared/nearword"
)

// convert turns the parser's tree into nodes. It returns a null node for what
// it reported.
func (r *reader) convert(from ast.Node) *node {
	switch n := from.(type) {
	case *ast.MappingNode:
		return r.object(n.GetToken(), n.Values)
	case *ast.MappingValueNode:
		return r.object(n.GetToken(), []*ast.MappingValueNode{n})
	case *ast.SequenceNode:
		return r.list(n)
	case *ast.AnchorNode:
		value := r.convert(n.Value)
		// Registered after its value, so an anchor cannot hold itself.
		r.anchors[n.Name.GetToken().Value] = value
		return value
	case *ast.AliasNode:
		return r.alias(n)
	default:
		return r.scalar(from)
	}
}

func (r *reader) alias(n *ast.AliasNode) *node {
	name := n.Value.GetToken().Value
	if value, ok := r.anchors[name]; ok {
		return value
	}
	at := n.GetToken().Position
	names := make([]string, 0, len(r.anchors))
	for a := range r.anchors {
		names = append(names, a)
	}
	slices.Sort(names)
	r.report(at.Line, at.Column, fmt.Sprintf("no anchor &%s comes before this alias (%s)", name, nearword.Suggestion(name, names)))
	return &node{kind: nullNode, line: at.Line, column: at.Column, size: 1, reported: true}
}

func (r *reader) list(from *ast.SequenceNode) *node {
	n := at(from.GetToken(), listNode)
	for _, v := range from.Values {
		n.items = append(n.items, r.convert(v))
		if !r.grow(n, n.items[len(n.items)-1]) {
			break
		}
	}
	return n
}

// object converts the entries of a mapping; merge keys add what is not there.
func (r *reader) object(first *token.Token, from []*ast.MappingValueNode) *node {
	n := at(first, objectNode)
	if len(from) > 0 {
		// The parser places a block mapping at its first colon.
		n.line, n.column = place(from[0].Key.GetToken())
	}
	var merged []*node
	for _, v := range from {
		if v.Key.IsMergeKey() {
			merged = append(merged, r.mergeSources(v)...)
			continue
		}
		key := r.key(v.Key)
		if key == nil {
			continue
		}
		if earlier := n.find(key.text); earlier != nil {
			r.report(key.line, key.column, fmt.Sprintf("key %q is already at line %d, column %d: remove one of them",
				key.text, earlier.line, earlier.column))
			continue
		}
		value := r.convert(v.Value)
		n.pairs = append(n.pairs, pair{key, value})
		if !r.grow(n, value) {
			return n
		}
	}
	for _, source := range merged {
		for _, p := range source.pairs {
			if n.find(p.key.text) == nil {
				n.pairs = append(n.pairs, p)
				r.grow(n, p.value)
			}
		}
	}
	return n
}

// mergeSources are the objects that a merge key names.
func (r *reader) mergeSources(v *ast.MappingValueNode) []*node {
	source := r.convert(v.Value)
	sources := []*node{source}
	if source.kind == listNode {
		sources = source.items
	}
	for _, s := range sources {
		if s.kind != objectNode {
			line, column := place(v.Key.GetToken())
			r.report(line, column, "a merge key (<<) needs an alias of an object, or a list of such aliases")
			return nil
		}
	}
	return sources
}

// key converts the key of an entry, nil if it is not a plain word.
func (r *reader) key(from ast.MapKeyNode) *node {
	if _, ok := from.(*ast.MappingKeyNode); ok {
		line, column := place(from.GetToken())
		r.report(line, column, `a key that begins with "?" is not supported, write "key: value"`)
		return nil
	}
	n := r.scalar(from)
	n.text = from.GetToken().Value
	return n
}

func (r *reader) scalar(from ast.Node) *node {
	switch n := from.(type) {
	case *ast.LiteralNode:
		s := at(n.Start, textNode)
		s.text, s.style = n.Value.Value, blockStyle
		return s
	case *ast.StringNode:
		s := at(n.Token, textNode)
		s.text, s.style = n.Value, plainStyle
		switch n.Token.Type {
		case token.SingleQuoteType:
			s.style = singleQuoted
		case token.DoubleQuoteType:
			s.style = doubleQuoted
		default:
		}
		return s
	case *ast.BoolNode:
		return written(n.Token, boolNode)
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return written(n.GetToken(), numberNode)
	case *ast.NullNode:
		s := written(n.Token, nullNode)
		if n.Token.Type == token.ImplicitNullType {
			s.text = ""
		}
		return s
	}
	line, column := place(from.GetToken())
	r.report(line, column, fmt.Sprintf("YAML: a %s is not supported here, write a plain value", from.Type()))
	return &node{kind: nullNode, line: line, column: column, size: 1, reported: true}
}

// grow counts child into n and reports once when aliases unfold to too much.
func (r *reader) grow(n, child *node) bool {
	if n.size > maxNodes {
		return false
	}
	n.size += child.size
	if n.size > maxNodes {
		r.tooLarge = true
		r.report(n.line, n.column, fmt.Sprintf("aliases unfold to more than %d values", maxNodes))
		return false
	}
	return true
}

func (n *node) find(key string) *node {
	for _, p := range n.pairs {
		if p.key.text == key {
			return p.key
		}
	}
	return nil
}

func at(t *token.Token, kind nodeKind) *node {
	line, column := place(t)
	return &node{kind: kind, line: line, column: column, size: 1}
}

func written(t *token.Token, kind nodeKind) *node {
	n := at(t, kind)
	n.text = t.Value
	return n
}

func place(t *token.Token) (line, column int) {
	return t.Position.Line, max(t.Position.Column, 1)
}
