package infra

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// binding is one of a function.
type binding struct {
	Type, QueueName, Route string
}

// placeholder is a setting that the Functions host puts into a binding.
var placeholder = regexp.MustCompile(`%([^%]+)%`)

// checkFunctions compares the templates with the bindings of the functions: the
// settings that these name, their queues, and the URL of the service hooks.
func checkFunctions(t *template) []problem {
	bindings, problems := t.bindings()
	given := t.appSettings()
	var queues []string
	for name, source := range t.functionFiles() {
		for _, match := range placeholder.FindAllStringSubmatch(source, -1) {
			if _, ok := value(given, match[1]); !ok {
				problems = append(problems, problem{file: name, text: fmt.Sprintf("no template sets %s", match[1])})
			}
		}
		for _, b := range bindings[name] {
			if b.Type == "queueTrigger" {
				queues = append(queues, b.QueueName, b.QueueName+"-poison")
			}
			if url, ok := value(given, "SERVICE_HOOK_URL"); ok && strings.Contains(name, "/servicehooks/") && b.Type == "httpTrigger" {
				problems = append(problems, t.checkRoute(url, b.Route)...)
			}
		}
	}
	slices.Sort(queues)
	if made := t.queues(); !slices.Equal(made, queues) {
		problems = append(problems, problem{file: "infra", text: fmt.Sprintf("the queues are %q, those of the functions %q", made, queues)})
	}
	slices.SortFunc(problems, func(a, b problem) int { return strings.Compare(a.String(), b.String()) })
	return problems
}

// functionFiles returns the bindings of all functions, as they are written.
func (t *template) functionFiles() map[string]string {
	files := map[string]string{}
	names, err := fs.Glob(t.fsys, "functions/*/function.json")
	if err != nil {
		panic(err)
	}
	for _, name := range names {
		source, err := fs.ReadFile(t.fsys, name)
		if err == nil {
			files[name] = string(source)
		}
	}
	return files
}

func (t *template) bindings() (map[string][]binding, []problem) {
	var problems []problem
	all := map[string][]binding{}
	for name, source := range t.functionFiles() {
		var function struct{ Bindings []binding }
		if err := json.Unmarshal([]byte(source), &function); err != nil {
			problems = append(problems, problem{file: name, text: err.Error()})
		}
		all[name] = function.Bindings
	}
	if len(all) == 0 {
		problems = append(problems, problem{file: "functions", text: "there is no function"})
	}
	return all, problems
}

// queues returns the names of the queues that a template makes, sorted.
func (t *template) queues() []string {
	var list []string
	for _, f := range t.sorted() {
		for _, d := range f.of("resource") {
			if d.resourceType() != "Microsoft.Storage/storageAccounts/queueServices/queues" {
				continue
			}
			names := d.value.at("name")
			if v := f.find("variable", d.loop.String()); v != nil {
				names = v.value
			}
			for s := range names.all("string") {
				name, _ := s.literal()
				list = append(list, name)
			}
		}
	}
	slices.Sort(list)
	return list
}

// checkRoute compares the path that service hooks are sent to with the route of
// the function that takes them.
func (t *template) checkRoute(url appSetting, route string) []problem {
	n := url.value
	if v := url.file.find("variable", n.text); v != nil {
		n = v.value
	}
	if path := "/" + t.routePrefix() + "/" + route; !strings.HasSuffix(n.text, path+"'") {
		return []problem{url.file.problem(n, "SERVICE_HOOK_URL does not end with %s", path)}
	}
	return nil
}

// routePrefix returns what the paths of all functions begin with.
func (t *template) routePrefix() string {
	var host struct {
		Extensions struct {
			HTTP struct{ RoutePrefix string }
		}
	}
	source, err := fs.ReadFile(t.fsys, "host.json")
	if err == nil {
		err = json.Unmarshal(source, &host)
	}
	if err != nil {
		return err.Error()
	}
	return host.Extensions.HTTP.RoutePrefix
}
