package status

import (
	"crypto/sha256"
	_ "embed" // for the style
	"encoding/base64"

	"adoport/shared/ingest"
)

//go:embed style.css
var style string

// pagePolicy lets the page load nothing, run nothing, and be shown in no other
// page. The one style that may apply is its own.
var pagePolicy = func() string {
	hash := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) +
		"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}()

// page is the document as one HTML page that needs nothing else.
func (d Document) page() []byte {
	var m markup
	m.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n" +
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Adoport: ")
	m.text(d.Instance)
	m.raw("</title>\n<style>")
	m.b.WriteString(style) // a part of this program
	m.raw("</style>\n</head>\n<body>\n<main>\n<h1>Adoport")
	if d.Organization != "" {
		m.raw(" – ")
		m.text(d.Organization)
	}
	m.raw("</h1>\n<p class=\"about\">")
	m.text("instance " + d.Instance + ", version " + d.Version)
	m.raw(", as of ")
	moment(d.At, d.At)(&m)
	m.raw("</p>\n")
	d.pageProblems(&m)
	d.pageRuns(&m)
	d.pageEvents(&m)
	d.pageQueues(&m)
	d.pageSubscriptions(&m)
	d.pageThrottling(&m)
	m.raw("</main>\n</body>\n</html>\n")
	return m.b.Bytes()
}

func (d Document) pageProblems(m *markup) {
	m.section("What to look at")
	if len(d.Problems)+len(d.Errors) == 0 {
		m.paragraph("Nothing. All is well, as far as is known here.")
		return
	}
	lines := make([]string, 0, len(d.Problems)+len(d.Errors))
	lines = append(lines, d.Problems...)
	for _, e := range d.Errors {
		lines = append(lines, "Not readable: "+e.Part+": "+e.Error)
	}
	m.list("problems", lines)
}

func (d Document) pageRuns(m *markup) {
	m.section("Backfills")
	if len(d.Runs) == 0 {
		m.paragraph("None yet.")
		return
	}
	rows := make([][]cell, 0, len(d.Runs))
	for _, run := range d.Runs {
		rows = append(rows, []cell{
			words(run.ID), mark(string(run.Status), classOf(run.Status)),
			moment(run.StartedAt, d.At), words(span(seconds(run.Seconds))), words(run.Reason),
		})
	}
	m.table("", []column{{title: "run"}, {title: "status"}, {title: "began"}, {title: "took", numeric: true}, {title: "reason"}}, rows)
	for i, run := range d.Runs {
		if i == 0 {
			m.raw("<details open><summary>")
		} else {
			m.raw("<details><summary>")
		}
		m.text("What run " + run.ID + " did")
		m.raw("</summary>\n")
		run.page(m)
		m.raw("</details>\n")
	}
}

func classOf(s ingest.Status) literal {
	switch s {
	case ingest.Complete:
		return "good"
	case ingest.Running:
		return "busy"
	default:
		return "bad"
	}
}

// page writes the counts of a run.
func (r Run) page(m *markup) {
	if !r.Counted {
		m.paragraph("Its counts are not kept any more.")
		return
	}
	rows := make([][]cell, 0, len(r.Blueprints))
	for _, b := range r.Blueprints {
		rows = append(rows, []cell{
			words(b.Blueprint), number(b.Created), number(b.Updated), number(b.Unchanged),
			number(b.Deleted), number(b.Failed), words(b.PruneSkipped),
		})
	}
	m.table("Entities by blueprint", []column{
		{title: "blueprint"},
		{title: "created", numeric: true},
		{title: "updated", numeric: true},
		{title: "unchanged", numeric: true},
		{title: "deleted", numeric: true},
		{title: "failed", numeric: true},
		{title: "not pruned because"},
	}, rows)
	kinds := make([][]cell, 0, len(r.Kinds))
	for _, k := range r.Kinds {
		kinds = append(kinds, []cell{
			words(k.Kind), number(k.Scopes), number(k.ScopesFailed), number(k.Read), number(k.Skipped), number(k.Unmapped), number(k.Nulled),
		})
	}
	m.table("Items by kind", []column{
		{title: "kind"},
		{title: "scopes", numeric: true},
		{title: "scopes not readable", numeric: true},
		{title: "read", numeric: true},
		{title: "left out", numeric: true},
		{title: "not mappable", numeric: true},
		{title: "expressions set to null", numeric: true},
	}, kinds)
}
