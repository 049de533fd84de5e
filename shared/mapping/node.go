package mapping

import (
	"strconv"
	"strings"
)

// nodeKind is what a part of the file is.
type nodeKind int

const (
	objectNode nodeKind = iota
	listNode
	textNode
	boolNode
	numberNode
	nullNode
)

// node is a part of the file, with anchors and merge keys resolved. Nodes are
// shared: an alias is the very node of its anchor.
type node struct {
	kind nodeKind
	// line and column of its first character, from 1.
	line, column int
	// text is the value of a text and the source of any other scalar; it is ""
	// for a null that is not written out.
	text  string
	style style
	pairs []pair
	items []*node
	// reported is set on what stands for something that was reported already.
	reported bool
	// size counts the nodes below and including this one, aliases unfolded.
	size int
}

// pair is one entry of an object.
type pair struct {
	key   *node
	value *node
}

// get returns the value of a key, nil if it is not there.
func (n *node) get(key string) *node {
	for _, p := range n.pairs {
		if p.key.text == key {
			return p.value
		}
	}
	return nil
}

// describe names a node for people.
func (n *node) describe() string {
	switch n.kind {
	case objectNode:
		return "an object"
	case listNode:
		return "a list"
	case boolNode, numberNode:
		return n.text
	case nullNode:
		if n.text == "" {
			return "nothing"
		}
		return n.text
	default:
		return "the text " + quote(n.text)
	}
}

// quote puts a text into quotes that it does not have itself, if it can.
func quote(s string) string {
	s = clip(s)
	if strings.Contains(s, `"`) && !strings.ContainsAny(s, "'\n") {
		return "'" + s + "'"
	}
	return strconv.Quote(s)
}

// clip shortens what is quoted in a message.
func clip(s string) string {
	const limit = 60
	runes := []rune(s)
	if len(runes) <= limit {
		return s
	}
	return string(runes[:limit]) + "…"
}
