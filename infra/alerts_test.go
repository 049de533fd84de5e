package infra

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

// windows are the lengths of time that an alert rule may look at (Learn, "Create
// or edit a log search alert rule").
var windows = []string{
	"PT1M", "PT5M", "PT10M", "PT15M", "PT30M", "PT45M", "PT1H", "PT2H", "PT3H", "PT4H", "PT5H", "PT6H", "P1D", "P2D",
}

// checkAlerts finds alerts that look at times that there are not, and alerts on log
// messages that the program does not write.
func checkAlerts(t *template) []problem {
	var list []problem
	sources := t.sources()
	for _, f := range t.sorted() {
		for _, d := range f.of("resource") {
			if d.resourceType() != "Microsoft.Insights/scheduledQueryRules" {
				continue
			}
			list = append(list, checkWindow(f, d)...)
			for condition := range d.value.all("object_property") {
				if condition.kids[0].text == "query" {
					list = append(list, checkMessages(f, condition.last(), sources)...)
				}
			}
		}
	}
	return list
}

// checkWindow also finds rules that look less often than they see, and so miss
// what happens between two looks.
func checkWindow(f *file, d *declaration) []problem {
	window, _ := d.value.at("properties", "windowSize").literal()
	often, _ := d.value.at("properties", "evaluationFrequency").literal()
	if !slices.Contains(windows, window) || !slices.Contains(windows, often) {
		return []problem{f.problem(d.node, "alert %s looks every %q at %q, which is not possible", d.name, often, window)}
	}
	if slices.Index(windows, often) > slices.Index(windows, window) {
		return []problem{f.problem(d.node, "alert %s looks every %s at %s only", d.name, often, window)}
	}
	return nil
}

// checkMessages looks up the messages of a query, which may be in a variable.
func checkMessages(f *file, query *node, sources string) []problem {
	if v := f.find("variable", query.text); v != nil {
		query = v.value
	}
	var list []problem
	// Queries have double quotes only, and no quotes in quotes.
	for i, text := range strings.Split(query.text, `"`) {
		isMessage := i%2 == 1 && strings.Contains(text, " ")
		if isMessage && !strings.Contains(sources, text) {
			list = append(list, f.problem(query, "nobody logs %q", text))
		}
	}
	return list
}

// sources returns the Go sources of the program, without the tests.
func (t *template) sources() string {
	var b strings.Builder
	for _, folder := range []string{"cmd", "functions", "shared"} {
		// A folder that is not there has no messages.
		_ = fs.WalkDir(t.fsys, folder, func(name string, d fs.DirEntry, err error) error {
			if err != nil || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
				return nil
			}
			source, err := fs.ReadFile(t.fsys, name)
			b.Write(source)
			return err
		})
	}
	return b.String()
}
