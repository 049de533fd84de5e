package infra

// checkModules finds modules that are not given what they declare, and outputs
// that they do not have.
func checkModules(t *template) []problem {
	var list []problem
	for _, f := range t.sorted() {
		for _, module := range f.of("module") {
			target := t.target(f, module)
			if target == nil {
				list = append(list, f.problem(module.node, "there is no module %s", module.of))
				continue
			}
			list = append(list, checkGiven(f, module, target)...)
		}
		list = append(list, t.checkOutputs(f)...)
	}
	return list
}

// checkGiven compares the parameters of a module with those that it declares.
func checkGiven(f *file, module *declaration, target *file) []problem {
	var list []problem
	given := module.value.at("params")
	for _, p := range given.properties() {
		if target.find("parameter", p.key) == nil {
			list = append(list, f.problem(p.value, "module %s has no parameter %s", module.name, p.key))
		}
	}
	for _, p := range target.of("parameter") {
		if p.value == nil && given.at(p.name) == nil {
			list = append(list, f.problem(module.node, "module %s needs its parameter %s", module.name, p.name))
		}
	}
	return list
}

// checkOutputs finds uses of outputs that the modules of a file do not have.
func (t *template) checkOutputs(f *file) []problem {
	var list []problem
	for n := range f.root.all("member_expression") {
		name, output, ok := outputOf(n)
		if !ok {
			continue
		}
		module := f.find("module", name)
		if module == nil {
			continue
		}
		if target := t.target(f, module); target != nil && target.find("output", output) == nil {
			list = append(list, f.problem(n, "module %s has no output %s", name, output))
		}
	}
	return list
}

// outputOf returns the parts of an expression module.outputs.output.
func outputOf(n *node) (module, output string, ok bool) {
	inner := n.as("object")
	if inner == nil || inner.kind != "member_expression" || inner.as("property").text != "outputs" || inner.as("object").kind != "identifier" {
		return "", "", false
	}
	return inner.as("object").text, n.as("property").text, true
}
