package infra

import "maps"

// reference is a name that is used in an expression.
type reference struct {
	name string
	at   *node
	// function is true if it is called.
	function bool
}

// references returns the names that a file uses and that are not of a loop or a
// lambda around them.
func references(f *file) []reference {
	var list []reference
	for _, n := range f.root.kids {
		list = append(list, used(n, nil)...)
	}
	return list
}

// used returns the names that a node uses, but for local ones.
func used(n *node, local map[string]bool) []reference {
	kids := n.kids
	switch n.kind {
	case "identifier":
		if local[n.text] {
			return nil
		}
		return []reference{{name: n.text, at: n}}
	case "type":
		return nil
	case "parameter_declaration", "variable_declaration", "resource_declaration", "module_declaration", "output_declaration", "object_property":
		// A string may be a key, and have names in it.
		if kids[0].kind == "identifier" {
			kids = kids[1:]
		}
	case "call_expression":
		return usedInCall(n, local)
	case "for_statement":
		local = with(local, n.as("initializer"), n.child("for_loop_parameters"))
	case "lambda_expression":
		local = with(local, kids[0])
	}
	var list []reference
	for _, kid := range kids {
		list = append(list, used(kid, local)...)
	}
	return list
}

func usedInCall(n *node, local map[string]bool) []reference {
	list := []reference{{name: n.as("function").text, at: n, function: true}}
	if n.as("function").kind != "identifier" {
		list = append(list, used(n.as("function"), local)...)
	}
	return append(list, used(n.as("arguments"), local)...)
}

// with adds the names that nodes introduce.
func with(local map[string]bool, nodes ...*node) map[string]bool {
	local = maps.Clone(local)
	if local == nil {
		local = map[string]bool{}
	}
	for _, n := range nodes {
		for _, kind := range []string{"identifier", "loop_variable", "loop_enumerator"} {
			for name := range n.all(kind) {
				local[name.text] = true
			}
		}
	}
	return local
}
