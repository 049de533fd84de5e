package queuetest

import (
	"slices"
	"strings"

	"adoport/shared/ingest"
)

// nastyStrings are valid UTF-8 that encodings, markups and escapes get wrong.
func nastyStrings() []string {
	return []string{
		" leading and trailing ",
		"line\r\nbreaks\tand\x00controls\x01\x1f\x7f",
		`"double" 'single' back\slash \u0041 ` + "`tick`",
		"<task>&amp;]]></task> <!-- -->",
		"{\"json\": [1, null]} %s %00 %2F ${x}",
		"ünïcödé Ωμέγα Привет 日本語 العربية",
		"e\u0301 and \u00e9, \u2028\u2029\ufeff\ufffd, 👩\u200d🚀 𝔘",
		"a/b?c#d;e,f|g:h*i",
		strings.Repeat("long ", 400),
	}
}

// nastyTasks are tasks in which every field has a value that something could
// lose. All have another Page to be told apart by.
func nastyTasks() []ingest.Task {
	tasks := []ingest.Task{
		{Version: 1, Type: ingest.Refresh, Refs: []ingest.Ref{{Kind: "project", ID: "1"}, {Kind: "work-item", ID: "2", ProjectID: "3"}}},
		{Version: 1, Type: ingest.Prune, Run: "run", Blueprints: []string{"azure_devops_work_item", "azure_devops_project"}},
		{Version: 1, Type: ingest.Walk, Run: "run", Source: "source", Scope: ingest.Scope{ProjectID: "id"}},
		{Version: 1, Type: ingest.Walk, Run: "run", Source: "source", Scope: ingest.Scope{ProjectName: "name"}, Cursor: "c"},
		{Version: 1, Type: ingest.Walk},
	}
	nasty := nastyStrings()
	tasks = slices.Grow(tasks, len(nasty))
	for _, s := range nasty {
		tasks = append(tasks, ingest.Task{
			Version:    1,
			Type:       ingest.Walk,
			Run:        "run " + s,
			Source:     "source " + s,
			Scope:      ingest.Scope{ProjectID: "id " + s, ProjectName: "name " + s},
			Cursor:     s,
			Blueprints: []string{s, "b"},
			Refs:       []ingest.Ref{{Kind: "kind " + s, ID: s, ProjectID: "project " + s}, {Kind: "k", ID: "i"}},
		})
	}
	return tasks
}
