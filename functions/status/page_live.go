package status

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func (d Document) pageEvents(m *markup) {
	if d.Events == nil {
		return
	}
	e := d.Events
	m.section("Events")
	m.raw("<p>Since ")
	moment(e.Since, d.At)(m)
	m.raw(", as far as this process has seen:</p>\n")
	m.table("", []column{{title: "outcome"}, {title: "deliveries", numeric: true}, {title: "why"}}, [][]cell{
		{words("queued"), number(e.Queued), words("")},
		{words("ignored"), number(e.Ignored), words(reasons(e.IgnoredBy))},
		{words("refused"), number(e.Refused), words(reasons(e.RefusedBy))},
		{words("unavailable"), number(e.Unavailable), words("")},
	})
	if e.Last == nil {
		m.paragraph("No event has come yet.")
		return
	}
	m.raw("<p>The last event, ")
	m.text(e.Last.Type + ", was " + e.Last.Outcome)
	m.raw(" at ")
	moment(e.Last.At, d.At)(m)
	if e.Last.LagSeconds != nil {
		m.raw(", ")
		m.text(span(seconds(*e.Last.LagSeconds)))
		m.raw(" after it had happened")
	}
	m.raw(".</p>\n")
}

// reasons lists counts, by name.
func reasons(counts map[string]int) string {
	list := make([]string, 0, len(counts))
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, name+": "+strconv.Itoa(counts[name]))
	}
	return strings.Join(list, ", ")
}

func (d Document) pageQueues(m *markup) {
	if len(d.Queues) == 0 {
		return
	}
	m.section("Queues")
	rows := make([][]cell, 0, len(d.Queues))
	for _, q := range d.Queues {
		rows = append(rows, []cell{words(q.Name), known(q.Waiting), known(q.Poisoned)})
	}
	m.table("", []column{{title: "queue"}, {title: "tasks waiting", numeric: true}, {title: "tasks set aside", numeric: true}}, rows)
	for _, q := range d.Queues {
		q.page(m, d.At)
	}
}

// page writes the tasks that were set aside.
func (q QueueState) page(m *markup, now time.Time) {
	if len(q.Newest) == 0 {
		return
	}
	rows := make([][]cell, 0, len(q.Newest))
	for _, p := range q.Newest {
		rows = append(rows, []cell{words(p.pointer()), moment(p.At, now), words(p.Reason)})
	}
	caption := "Set aside from the " + q.Name + " queue"
	if more := *q.Poisoned - len(q.Newest); more > 0 {
		caption += ", and " + strconv.Itoa(more) + " older ones"
	}
	m.table(caption, []column{{title: "task"}, {title: "set aside"}, {title: "reason"}}, rows)
}

// pointer names the task in one line.
func (p PoisonedTask) pointer() string {
	parts := []string{string(p.Type)}
	for _, s := range []string{strings.Join(p.Refs, ", "), p.Source, p.Scope} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if p.Scope != "" {
		parts = append(parts, "page "+strconv.Itoa(p.Page))
	}
	if p.Run != "" {
		parts = append(parts, "of run "+p.Run)
	}
	return strings.Join(parts, " · ")
}

func (d Document) pageSubscriptions(m *markup) {
	s := d.Subscriptions
	if s == nil {
		return
	}
	m.section("Service hooks")
	m.raw("<p>Last looked at: ")
	moment(s.CheckedAt, d.At)(m)
	m.raw(". ")
	m.text("Enabled: " + strconv.Itoa(s.Enabled) + ", created then: " + strconv.Itoa(s.Created) + ", repaired then: " + strconv.Itoa(s.Repaired) + ".")
	m.raw("</p>\n")
	if len(s.Backfilled) > 0 {
		m.paragraph("Events were lost, so a backfill was begun of: " + strings.Join(s.Backfilled, ", ") + ".")
	}
	if len(s.List) == 0 {
		return
	}
	rows := make([][]cell, 0, len(s.List))
	for _, one := range s.List {
		class := literal("good")
		if !one.Healthy {
			class = "bad"
		}
		rows = append(rows, []cell{words(one.EventType), words(one.Scope), mark(one.Status, class), words(one.LastFailure)})
	}
	m.table("", []column{{title: "event type"}, {title: "scope"}, {title: "status"}, {title: "last failure"}}, rows)
}

func (d Document) pageThrottling(m *markup) {
	m.section("Throttling")
	if len(d.Throttling) == 0 {
		m.paragraph("No service asks us to wait.")
		return
	}
	rows := make([][]cell, 0, len(d.Throttling))
	for _, t := range d.Throttling {
		rows = append(rows, []cell{words(t.System), moment(t.Until, d.At)})
	}
	m.table("", []column{{title: "service"}, {title: "asks us to wait until"}}, rows)
}
