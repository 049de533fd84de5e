package status

import (
	"fmt"
	"strconv"

	"adoport/shared/ingest"
	"adoport/shared/servicehook"
)

// problems are what a person should look at. What could not be read is in Errors.
func (d *Document) problems() []string {
	list := []string{}
	add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	for _, run := range d.Runs {
		if run.Status == ingest.Running {
			continue
		}
		if run.Status != ingest.Complete {
			add("The last backfill that ended is %s: %s", run.Status, run.Reason)
		}
		break
	}
	for _, q := range d.Queues {
		if q.Poisoned != nil && *q.Poisoned > 0 {
			add("The %s queue has tasks that failed too often and were set aside: %d", q.Name, *q.Poisoned)
		}
	}
	if d.Events != nil {
		list = append(list, d.Events.problems()...)
	}
	if s := d.Subscriptions; s != nil {
		if s.Error != "" {
			add("The service hooks could not be checked or corrected: %s", s.Error)
		}
		if n := s.unhealthy(); n > 0 {
			add("Service hooks of ours that lose events: %d", n)
		}
	}
	return list
}

func (e *Events) problems() []string {
	var list []string
	if e.Unavailable > 0 {
		list = append(list, "Deliveries of the last hour that could not be queued, and that Azure DevOps sends again: "+strconv.Itoa(e.Unavailable))
	}
	if n := e.RefusedBy["401"]; n > 0 {
		list = append(list, "Deliveries of the last hour with wrong credentials or none: "+strconv.Itoa(n))
	}
	if n := e.IgnoredBy[string(servicehook.NoResource)] + e.IgnoredBy[string(servicehook.NoID)]; n > 0 {
		list = append(list, "Events of the last hour that did not say what they are about (set resourceDetailsToSend of their subscriptions to all): "+strconv.Itoa(n))
	}
	return list
}

func (s *Subscriptions) unhealthy() (n int) {
	for _, one := range s.List {
		if !one.Healthy {
			n++
		}
	}
	return n
}
