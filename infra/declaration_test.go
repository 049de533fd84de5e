package infra

import (
	"path"
	"slices"
	"strings"
)

// declaration is one of a Bicep file.
type declaration struct {
	// kind is parameter, variable, resource, module or output.
	kind, name string
	node       *node
	// decorators are the arguments of each.
	decorators map[string][]*node
	// value is the default of a parameter, nil if it has none, or the value of a
	// variable or an output, or the body of a resource or a module.
	value *node
	// of is the type of a resource with its version, or the path of a module.
	of       string
	existing bool
	// loop is what a resource or a module is made for each of, nil if there is one.
	loop *node
}

// declarations returns what a file declares.
func declarations(root *node) []*declaration {
	var list []*declaration
	var decorators map[string][]*node
	for _, n := range root.kids {
		kind, found := strings.CutSuffix(n.kind, "_declaration")
		switch {
		case n.kind == "decorators":
			decorators = decorate(n)
		case found && n.child("identifier") != nil:
			list = append(list, declare(kind, n, decorators))
			decorators = nil
		}
	}
	return list
}

func decorate(n *node) map[string][]*node {
	decorators := map[string][]*node{}
	for d := range n.all("decorator") {
		name, arguments := d.kids[0].call()
		decorators[name] = arguments
	}
	return decorators
}

func declare(kind string, n *node, decorators map[string][]*node) *declaration {
	d := &declaration{
		kind: kind, name: n.child("identifier").text, node: n, decorators: decorators,
		existing: slices.Contains(n.words, "existing"),
	}
	if slices.Contains(n.words, "=") {
		d.value = n.last()
	}
	if kind == "resource" || kind == "module" {
		d.of, _ = n.child("string").literal()
		if d.value.kind == "for_statement" {
			d.loop, d.value = over(d.value), d.value.as("body")
		}
		if d.value.kind == "if_statement" {
			d.value = d.value.child("object")
		}
	}
	return d
}

// over returns what a loop goes over.
func over(loop *node) *node {
	var last *node
	for _, kid := range loop.kids {
		if kid.field == "" && kid.kind != "for_loop_parameters" && kid.kind != "comment" {
			last = kid
		}
	}
	return last
}

// secure reports whether a parameter is a secret.
func (d *declaration) secure() bool {
	_, ok := d.decorators["secure"]
	return ok
}

// resourceType returns the type of a resource without its version.
func (d *declaration) resourceType() string {
	name, _, _ := strings.Cut(d.of, "@")
	return name
}

// target returns the file of a module, or nil.
func (t *template) target(f *file, module *declaration) *file {
	return t.files[path.Join(path.Dir(f.name), module.of)]
}
