package infra

import (
	"regexp"
	"strings"
)

// secretName is how the Bicep linter finds parameters that should be secure.
var secretName = regexp.MustCompile(`(?i)password|pwd|secret|accountkey|acctkey`)

// secretValue are properties of resources that let somebody in.
var secretValue = regexp.MustCompile(`(?i)connectionstring|instrumentationkey|sharedkey|accesskey|primarykey|secondarykey|credential`)

// checkSecrets finds secrets that would be readable in the deployment, in the app
// or in an output.
func checkSecrets(t *template) []problem {
	var list []problem
	for _, f := range t.sorted() {
		for _, p := range f.of("parameter") {
			value, literal := p.value.literal()
			switch {
			case p.secure() && p.value != nil && (!literal || value != ""):
				list = append(list, f.problem(p.node, "secret %s has a default", p.name))
			case !p.secure() && secretName.MatchString(p.name):
				list = append(list, f.problem(p.node, "%s has the name of a secret, but is not @secure()", p.name))
			}
		}
		for _, o := range f.of("output") {
			if secretName.MatchString(o.name) || secretValue.MatchString(o.value.text) {
				list = append(list, f.problem(o.node, "output %s shows a secret", o.name))
			}
		}
		list = append(list, t.checkUses(f)...)
	}
	return list
}

// checkUses finds uses of a secret that are neither the test whether it is there,
// nor the value of a secret in the vault, nor a secret of a module.
func (t *template) checkUses(f *file) []problem {
	var list []problem
	for _, r := range references(f) {
		if r.function && strings.HasPrefix(r.name[strings.LastIndex(r.name, ".")+1:], "list") {
			list = append(list, f.problem(r.at, "%s reads a key", r.name))
		}
		p := f.find("parameter", r.name)
		if p == nil || !p.secure() || r.function || t.isKept(f, r.at) {
			continue
		}
		list = append(list, f.problem(r.at, "secret %s is used where it can be read", r.name))
	}
	return list
}

// isKept reports whether a secret stays one where it is used.
func (t *template) isKept(f *file, use *node) bool {
	if use.parent.kind == "arguments" {
		name, _ := use.parent.parent.call()
		return name == "empty"
	}
	for _, d := range f.declared {
		if d.kind == "resource" && d.resourceType() == "Microsoft.KeyVault/vaults/secrets" && d.value.at("properties", "value") == use {
			return true
		}
		if d.kind != "module" {
			continue
		}
		for _, given := range d.value.at("params").properties() {
			if target := t.target(f, d); given.value == use && target != nil {
				p := target.find("parameter", given.key)
				return p != nil && p.secure()
			}
		}
	}
	return false
}
