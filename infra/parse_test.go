package infra

import (
	"fmt"
	"regexp"

	bicep "github.com/tree-sitter-grammars/tree-sitter-bicep/bindings/go"
	sitter "github.com/tree-sitter/go-tree-sitter"
)

// problem is something that is wrong in a template.
type problem struct {
	file string
	// line is 0 if it is all of the file.
	line int
	text string
}

func (p problem) String() string {
	if p.line == 0 {
		return p.file + ": " + p.text
	}
	return fmt.Sprintf("%s:%d: %s", p.file, p.line, p.text)
}

// assignment finds the parameters of a parameter file. The grammar knows those of
// templates only, which have a type.
var assignment = regexp.MustCompile(`(?m)^param( +\w+ *=)`)

// parse returns the tree of a Bicep file. What a parameter file assigns is in it
// as variables. Where the syntax is wrong the tree is not to be relied on.
func parse(name string, source []byte) (*node, []problem, error) {
	// Spaces keep everything where it is.
	source = assignment.ReplaceAll(source, []byte("var  $1"))
	parser := sitter.NewParser()
	defer parser.Close()
	if err := parser.SetLanguage(sitter.NewLanguage(bicep.Language())); err != nil {
		return nil, nil, fmt.Errorf("loading the grammar of Bicep: %w", err)
	}
	tree := parser.Parse(source, nil)
	defer tree.Close()
	var broken []problem
	root := convert(tree.RootNode(), source, func(line int, text string) {
		broken = append(broken, problem{file: name, line: line, text: text})
	})
	return root, broken, nil
}

// convert copies a tree, and tells where the parser could not follow.
func convert(n *sitter.Node, source []byte, broken func(line int, text string)) *node {
	line := int(n.StartPosition().Row) + 1
	switch {
	case n.IsError():
		broken(line, fmt.Sprintf("cannot be parsed at %q", n.Utf8Text(source)))
	case n.IsMissing():
		broken(line, "is missing "+n.Kind())
	}
	out := &node{kind: n.Kind(), text: n.Utf8Text(source), line: line}
	for i := range n.ChildCount() {
		child := n.Child(i)
		if !child.IsNamed() {
			out.words = append(out.words, child.Kind())
			if child.IsMissing() {
				broken(int(child.StartPosition().Row)+1, "is missing "+child.Kind())
			}
			continue
		}
		kid := convert(child, source, broken)
		kid.field, kid.parent = n.FieldNameForChild(uint32(i)), out
		out.kids = append(out.kids, kid)
	}
	return out
}

// checkSyntax finds what is no Bicep.
func checkSyntax(t *template) []problem { return t.broken }
