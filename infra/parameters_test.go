package infra

import (
	"maps"
	"slices"
)

// checkDescriptions finds parameters and outputs that are not explained.
func checkDescriptions(t *template) []problem {
	var list []problem
	for _, f := range t.sorted() {
		for _, d := range f.declared {
			if d.kind != "parameter" && d.kind != "output" {
				continue
			}
			arguments := d.decorators["description"]
			if len(arguments) == 0 || len(arguments[0].kids) == 0 {
				list = append(list, f.problem(d.node, "%s %s has no description", d.kind, d.name))
			}
		}
	}
	return list
}

// checkParameters compares the parameter files with the parameters of what is
// deployed. A secret MUST come from an environment variable, and may be missing.
func checkParameters(t *template) []problem {
	main := t.files[mainFile]
	if main == nil {
		return []problem{{file: mainFile, text: "is missing"}}
	}
	var list []problem
	for _, name := range slices.Sorted(maps.Keys(t.parameterFiles)) {
		f := t.parameterFiles[name]
		for _, assigned := range f.of("variable") {
			p := main.find("parameter", assigned.name)
			if p == nil {
				list = append(list, f.problem(assigned.node, "there is no parameter %s", assigned.name))
				continue
			}
			if p.secure() && !isOptionalVariable(assigned.value) {
				list = append(list, f.problem(assigned.node, "secret %s is not readEnvironmentVariable('…', '')", assigned.name))
			}
		}
		for _, p := range main.of("parameter") {
			if p.value == nil && f.find("variable", p.name) == nil {
				list = append(list, problem{file: name, text: "parameter " + p.name + " is missing"})
			}
		}
	}
	return list
}

// isOptionalVariable reports whether an expression is an environment variable that
// may be missing.
func isOptionalVariable(n *node) bool {
	name, arguments := n.call()
	if name != "readEnvironmentVariable" || len(arguments) != 2 {
		return false
	}
	otherwise, ok := arguments[1].literal()
	return ok && otherwise == ""
}
