package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"adoport/shared/ingest"
)

func newSetAside(queue string, p ingest.Poisoned) setAside {
	s := setAside{Queue: queue, At: p.At.UTC().Format(time.RFC3339), Reason: clean(p.Reason)}
	if p.Task.Type != "" {
		s.Task = &p.Task
	}
	return s
}

// printSetAside shows tasks to people.
func (c *console) printSetAside(all []setAside) {
	if len(all) == 0 {
		c.printf("Nothing is set aside.\n")
		return
	}
	t := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "QUEUE\tTASK\tWHEN\tREASON")
	for _, s := range all {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", s.Queue, short(s.task(), 80), s.At, short(s.Reason, 200))
	}
	t.Flush()
	c.printf("\nWhen their cause is gone, send them again: adoport tasks requeue\n")
}

// task says in few words what a task is to do.
func (s setAside) task() string {
	if s.Task == nil {
		return "(no task)"
	}
	switch t := s.Task; t.Type {
	case ingest.Refresh:
		return "refresh " + listed(t.Refs, ingest.Ref.String)
	case ingest.Walk:
		return fmt.Sprintf("walk %s of %s, page %d", t.Source, t.Scope, t.Page)
	case ingest.Prune:
		return "prune " + listed(t.Blueprints, func(s string) string { return s })
	default:
		return string(t.Type)
	}
}

// listed names the first few of a list.
func listed[T any](all []T, name func(T) string) string {
	const shown = 3
	names := make([]string, 0, shown)
	for _, one := range all[:min(len(all), shown)] {
		names = append(names, name(one))
	}
	text := strings.Join(names, ", ")
	if more := len(all) - shown; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
