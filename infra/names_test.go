package infra

import (
	"slices"
	"strings"
)

// functions are those that templates may call. None of them reads a key.
var functions = []string{
	"concat", "empty", "guid", "items", "replace", "resourceGroup", "string", "subscription",
	"subscriptionResourceId", "union", "uniqueString",
}

// decorators are those that declarations may have.
var decorators = []string{"allowed", "description", "maxLength", "maxValue", "minLength", "minValue", "secure"}

// checkNames finds names that are used and not declared, and names that are
// declared twice.
func checkNames(t *template) []problem {
	var list []problem
	for _, f := range t.sorted() {
		list = append(list, checkTwice(f)...)
		for _, r := range references(f) {
			switch {
			case r.at.parent.kind == "decorator":
				if !slices.Contains(decorators, r.name) {
					list = append(list, f.problem(r.at, "@%s is not a decorator that these tests know", r.name))
				}
			case r.function:
				if !slices.Contains(functions, r.name) {
					list = append(list, f.problem(r.at, "%s is not a function that these tests know", r.name))
				}
			case !slices.ContainsFunc(f.declared, func(d *declaration) bool { return d.name == r.name && d.kind != "output" }):
				list = append(list, f.problem(r.at, "%s is not declared", r.name))
			}
		}
	}
	return list
}

// checkTwice lets an output have the name of something else, as the language does.
func checkTwice(f *file) []problem {
	var list []problem
	seen := map[string]bool{}
	for _, d := range f.declared {
		key := strings.TrimPrefix(d.kind, "output") + " " + d.name
		if d.kind != "output" {
			key = d.name
		}
		if seen[key] {
			list = append(list, f.problem(d.node, "%s is declared twice", d.name))
		}
		seen[key] = true
	}
	return list
}

// checkUnused finds parameters, variables and existing resources that nothing uses.
func checkUnused(t *template) []problem {
	var list []problem
	for _, f := range t.sorted() {
		all := references(f)
		for _, d := range f.declared {
			isUsed := slices.ContainsFunc(all, func(r reference) bool { return r.name == d.name && !r.function })
			if (d.kind == "parameter" || d.kind == "variable" || d.existing) && !isUsed {
				list = append(list, f.problem(d.node, "%s %s is not used", d.kind, d.name))
			}
		}
	}
	return list
}
