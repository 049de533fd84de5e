package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/sync/errgroup"

	"adoport/shared/servicehook"
	"adoport/shared/servicehook/hooks"
)

// shownFailures is how many of a subscription's failed deliveries are shown.
const shownFailures = 3

// shownSubscription is a subscription in the JSON of the subscription commands.
type shownSubscription struct {
	ID              string            `json:"id,omitempty"`
	EventType       string            `json:"eventType"`
	Publisher       string            `json:"publisher"`
	ResourceVersion string            `json:"resourceVersion"`
	Project         string            `json:"project,omitempty"`
	Status          string            `json:"status,omitempty"`
	Inputs          map[string]string `json:"publisherInputs"`
	Reason          string            `json:"reason,omitempty"`
	Failures        []shownFailure    `json:"failures,omitempty"`
}

type shownFailure struct {
	At      time.Time `json:"at,omitzero"`
	Message string    `json:"message"`
}

func shown(s servicehook.Subscription) shownSubscription {
	return shownSubscription{
		ID: s.ID, EventType: s.EventType, Publisher: s.Publisher, ResourceVersion: s.ResourceVersion,
		Project: s.ProjectID(), Status: s.Status, Inputs: s.PublisherInputs,
	}
}

// list shows our subscriptions with their health.
func (h *hookClient) list(ctx context.Context, c *console, asJSON bool) error {
	ours, err := h.reconciler.List(ctx)
	if err != nil {
		return err
	}
	all := make([]shownSubscription, len(ours))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(5)
	for i, s := range ours {
		all[i] = shown(s)
		g.Go(func() error {
			failures, err := h.api.Failures(ctx, s.ID, shownFailures)
			all[i].Failures = showFailures(failures)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return fmt.Errorf("reading the history of the subscriptions: %w", err)
	}
	if asJSON {
		return c.printJSON(all)
	}
	if len(all) == 0 {
		c.printf("There are none. Create them with: adoport subscriptions ensure\n")
		return nil
	}
	t := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "EVENT\tSCOPE\tVERSION\tSTATUS\tLAST FAILURE")
	for i, s := range all {
		last := "-"
		if len(s.Failures) > 0 {
			last = s.Failures[0].At.UTC().Format(time.RFC3339) + " " + short(s.Failures[0].Message, 60)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", s.EventType, ours[i].Scope(), s.ResourceVersion, statusText(ours[i]), last)
	}
	t.Flush()
	return nil
}

func statusText(s servicehook.Subscription) string {
	if s.Healthy() {
		return servicehook.StatusEnabled
	}
	return s.Status + ": events are lost"
}

func showFailures(all []hooks.Notification) []shownFailure {
	out := make([]shownFailure, 0, len(all))
	for _, n := range all {
		out = append(out, shownFailure{n.CreatedAt, clean(n.Message)})
	}
	return out
}

// shownReport is the JSON document of ensure and delete.
type shownReport struct {
	DryRun     bool                `json:"dryRun"`
	Created    []shownSubscription `json:"created"`
	Deleted    []shownSubscription `json:"deleted"`
	Kept       int                 `json:"kept"`
	Foreign    int                 `json:"foreign"`
	PerProject []string            `json:"perProject"`
	// Backfill are the kinds whose events were lost: run a backfill of them.
	Backfill []string `json:"backfill"`
	Failures []string `json:"failures"`
}

// tellReport prints what a reconciliation did; failure is its error.
func (c *console) tellReport(report servicehook.Report, failure error, dryRun, asJSON bool) error {
	out := shownReport{
		DryRun: dryRun, Created: []shownSubscription{}, Deleted: []shownSubscription{}, Kept: len(report.Kept),
		Foreign: len(report.Foreign), PerProject: append([]string{}, report.PerProject...),
		Backfill: append([]string{}, servicehook.Kinds(report.Lost)...), Failures: []string{},
	}
	for _, s := range report.Created {
		out.Created = append(out.Created, shown(s))
	}
	for _, d := range report.Deleted {
		s := shown(d.Subscription)
		s.Reason = d.Reason
		out.Deleted = append(out.Deleted, s)
	}
	for _, f := range report.Failures {
		out.Failures = append(out.Failures, f.Error())
	}
	if failure != nil && len(report.Failures) == 0 {
		return failure // nothing was done
	}
	if asJSON {
		if err := c.printJSON(out); err != nil {
			return err
		}
	} else {
		out.print(c)
	}
	if failure != nil {
		return errReported
	}
	return nil
}

func (out shownReport) print(c *console) {
	for _, s := range out.Deleted {
		c.printf("- %s (%s)\n", s, s.Reason)
	}
	for _, s := range out.Created {
		c.printf("+ %s\n", s)
	}
	for _, f := range out.Failures {
		c.printf("! %s\n", clean(f))
	}
	c.printf("%d created, %d deleted, %d kept, %d failed; %s of others left alone\n",
		len(out.Created), len(out.Deleted), out.Kept, len(out.Failures), counted(out.Foreign, "subscription"))
	if len(out.PerProject) > 0 {
		c.printf("Azure DevOps does not let us subscribe for the organization to %s, so it was done in every project;\nnew projects are subscribed to at the next run.\n", strings.Join(out.PerProject, ", "))
	}
	if len(out.Backfill) > 0 {
		c.printf("Events were lost; run: adoport backfill --kind %s\n", strings.Join(out.Backfill, " --kind "))
	}
	if out.DryRun {
		c.printf("Nothing was changed: this was a dry run.\n")
	}
}

// String names the subscription with its filters.
func (s shownSubscription) String() string {
	var text strings.Builder
	text.WriteString(s.EventType)
	for _, name := range slices.Sorted(maps.Keys(s.Inputs)) {
		if value := s.Inputs[name]; value != "" && name != "tfsSubscriptionId" {
			fmt.Fprintf(&text, " %s=%s", name, clean(value))
		}
	}
	return text.String()
}
