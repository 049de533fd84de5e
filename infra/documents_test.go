package infra

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"adoport/shared/settings"
)

// row is one of a table of parameters.
var row = regexp.MustCompile("(?m)^\\| `(\\w+)` \\|")

// checkReadme compares the table of parameters with the parameters.
func checkReadme(t *template) []problem {
	const name = "infra/README.md"
	source, err := fs.ReadFile(t.fsys, name)
	if err != nil {
		return []problem{{file: name, text: "cannot be read"}}
	}
	var list []problem
	documented := map[string]bool{}
	for _, match := range row.FindAllStringSubmatch(string(source), -1) {
		documented[match[1]] = true
		if t.files[mainFile].find("parameter", match[1]) == nil {
			list = append(list, problem{file: name, text: "there is no parameter " + match[1]})
		}
	}
	for _, p := range t.files[mainFile].of("parameter") {
		if !documented[p.name] {
			list = append(list, problem{file: name, text: "parameter " + p.name + " is missing"})
		}
	}
	return list
}

// checkAzd compares azure.yaml with the templates and the function app.
func checkAzd(t *template) []problem {
	const name = "azure.yaml"
	source, err := fs.ReadFile(t.fsys, name)
	if err != nil {
		return []problem{{file: name, text: "cannot be read"}}
	}
	var project struct {
		Infra    struct{ Path, Module string }
		Services map[string]struct{ Language, Dist, Host string }
	}
	if err := yaml.Unmarshal(source, &project); err != nil {
		return []problem{{file: name, text: err.Error()}}
	}
	var list []problem
	if main := project.Infra.Path + "/" + project.Infra.Module + ".bicep"; main != mainFile {
		list = append(list, problem{file: name, text: main + " is not " + mainFile})
	}
	tags := t.serviceTags()
	if services := slices.Sorted(maps.Keys(project.Services)); !slices.Equal(services, tags) {
		list = append(list, problem{file: name, text: fmt.Sprintf("the services are %q, the tags azd-service-name %q", services, tags)})
	}
	for _, key := range slices.Sorted(maps.Keys(project.Services)) {
		// azd would leave the functions of any other language out.
		if s := project.Services[key]; s.Language != "custom" || s.Host != "function" || s.Dist == "" {
			list = append(list, problem{file: name, text: "service " + key + " is not a function of language custom with a dist"})
		}
	}
	return list
}

// serviceTags returns the tags by which azd finds its services.
func (t *template) serviceTags() []string {
	var list []string
	for _, f := range t.sorted() {
		for n := range f.root.all("object") {
			if tag, ok := n.at("azd-service-name").literal(); ok {
				list = append(list, tag)
			}
		}
	}
	slices.Sort(list)
	return list
}

// checkLocal finds settings of the sample for this computer that nobody reads,
// secrets in it, and what the functions need and it lacks.
func checkLocal(t *template) []problem {
	const name = "local.settings.sample.json"
	source, err := fs.ReadFile(t.fsys, name)
	if err != nil {
		return []problem{{file: name, text: "cannot be read"}}
	}
	var sample struct{ Values map[string]string }
	if err := json.Unmarshal(source, &sample); err != nil {
		return []problem{{file: name, text: err.Error()}}
	}
	var list []problem
	for _, key := range slices.Sorted(maps.Keys(sample.Values)) {
		i := slices.IndexFunc(t.settings, func(s settings.Setting) bool { return s.Name == key })
		switch {
		case i < 0 && key != "FUNCTIONS_WORKER_RUNTIME":
			list = append(list, problem{file: name, text: "nobody reads " + key})
		case i >= 0 && t.settings[i].Secret && sample.Values[key] != "" && sample.Values[key] != "UseDevelopmentStorage=true":
			list = append(list, problem{file: name, text: key + " is a secret"})
		}
	}
	for _, key := range t.placeholders() {
		if sample.Values[key] == "" {
			list = append(list, problem{file: name, text: key + " is missing"})
		}
	}
	return list
}

// placeholders returns the settings that the bindings of the functions name.
func (t *template) placeholders() []string {
	var all strings.Builder
	for _, source := range t.functionFiles() {
		all.WriteString(source)
	}
	var list []string
	for _, match := range placeholder.FindAllStringSubmatch(all.String(), -1) {
		list = append(list, match[1])
	}
	slices.Sort(list)
	return slices.Compact(list)
}
