package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"adoport/cmd/internal/doctor"
	"adoport/shared/ingest"
)

func newTasks(c *console) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "tasks",
		Short: "List the tasks that failed too often, or send them again",
		Long: `Tasks that failed 5 times are set aside for a person. They are in the storage
account of AzureWebJobsStorage if that is set, else in the folder ADOPORT_DATA of
adoport run, which must not be running then.`,
		Args: wrongUse(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newTasksList(c), newTasksRequeue(c))
	return cmd
}

func newTasksList(c *console) *cobra.Command {
	var output *outputFormat
	var file string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Show what is set aside, and why",
		Args:  wrongUse(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return c.listTasks(cmd.Context(), file, output.json()) },
	}
	settingsFlag(cmd, &file)
	output = outputFlag(cmd)
	return cmd
}

func newTasksRequeue(c *console) *cobra.Command {
	var output *outputFormat
	var file, queue string
	cmd := &cobra.Command{
		Use:   "requeue",
		Short: "Send what is set aside again, with fresh tries",
		Long: `Requeue sends every task that is set aside again. Do it when the cause is gone: the
same task fails again otherwise, and is set aside again.`,
		Args: wrongUse(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if queue != "" && !slices.Contains(queueNames, queue) {
				return &usageError{fmt.Errorf("--queue %s: must be live or backfill", queue)}
			}
			return c.requeueTasks(cmd.Context(), file, queue, output.json())
		},
	}
	cmd.Flags().StringVar(&queue, "queue", "", "only this one: live (events) or backfill; without it both")
	settingsFlag(cmd, &file)
	output = outputFlag(cmd)
	return cmd
}

// setAside is a task in the JSON of tasks list.
type setAside struct {
	Queue string `json:"queue"`
	// Task is null for a message that is no task.
	Task   *ingest.Task `json:"task"`
	At     string       `json:"at"`
	Reason string       `json:"reason"`
}

func (c *console) listTasks(ctx context.Context, file string, asJSON bool) error {
	queues, err := c.openQueues(ctx, file, false)
	if err != nil {
		return err
	}
	all := []setAside{}
	var more []string
	for _, q := range queues.all {
		poisoned, err := q.Poisoned(ctx)
		if err != nil && !errors.Is(err, doctor.ErrReadOnly) { // the queue does not exist
			return errors.Join(fmt.Errorf("the %s queue: %w", q.name, err), queues.close())
		}
		if queues.shown > 0 && len(poisoned) >= queues.shown {
			more = append(more, q.name)
		}
		for _, p := range poisoned {
			all = append(all, newSetAside(q.name, p))
		}
	}
	if err := queues.close(); err != nil {
		return err
	}
	if asJSON {
		return c.printJSON(all)
	}
	c.printSetAside(all)
	for _, name := range more {
		c.printf("There may be more in the %s queue: Azure Storage shows the first %d only.\n", name, queues.shown)
	}
	return nil
}

// requeued is a queue in the JSON of tasks requeue.
type requeued struct {
	Queue    string `json:"queue"`
	Requeued int    `json:"requeued"`
	// Error is why others were not sent, "" if all were.
	Error string `json:"error,omitempty"`
}

func (c *console) requeueTasks(ctx context.Context, file, only string, asJSON bool) error {
	queues, err := c.openQueues(ctx, file, true)
	if err != nil {
		return err
	}
	var errs []error
	done := []requeued{}
	for _, q := range queues.all {
		if only != "" && q.name != only {
			continue
		}
		n, err := q.Requeue(ctx)
		r := requeued{Queue: q.name, Requeued: n}
		if err != nil {
			r.Error = clean(err.Error())
			errs = append(errs, fmt.Errorf("the %s queue: %w", q.name, err))
		}
		done = append(done, r)
	}
	errs = append(errs, queues.close())
	if asJSON {
		errs = append(errs, c.printJSON(done))
	} else {
		for _, r := range done {
			c.printf("%s: %s sent again\n", r.Queue, counted(r.Requeued, "task"))
		}
	}
	return errors.Join(errs...)
}
