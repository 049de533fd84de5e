package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"adoport/cmd/internal/wiring"
	"adoport/shared/ingest"
	"adoport/shared/kind"
	"adoport/shared/servicehook"
	"adoport/shared/servicehook/hooks"
	"adoport/shared/settings"
)

func newSubscriptions(c *console) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "subscriptions",
		Short: "List, ensure or delete the service hook subscriptions",
		Long: `Subscriptions looks after the service hooks that send events to SERVICE_HOOK_URL.
Those of others are never touched.`,
		Args: wrongUse(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newSubscriptionsList(c), newSubscriptionsEnsure(c), newSubscriptionsDelete(c))
	return cmd
}

func newSubscriptionsList(c *console) *cobra.Command {
	var output *outputFormat
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Show our subscriptions, their status and their last failures",
		Args:  wrongUse(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			h, err := c.newHooks(cmd.Context())
			if err != nil {
				return err
			}
			return h.list(cmd.Context(), c, output.json())
		},
	}
	output = outputFlag(cmd)
	return cmd
}

// filterFlags are the flags of ensure that are publisher inputs of Azure DevOps,
// by its names.
var filterFlags = []struct{ flag, input, usage string }{
	{"branch", "branch", "only pushes and pull requests of this branch"},
	{"repository", "repository", "only events of the repository with this ID"},
	{"build-status", "buildStatus", "only builds with this result: Succeeded, PartiallySucceeded, Failed or Stopped"},
	{"definition-name", "definitionName", "only builds of the pipeline with this name"},
	{"area-path", "areaPath", "only work items under this area path"},
	{"work-item-type", "workItemType", "only work items of this type"},
}

func newSubscriptionsEnsure(c *console) *cobra.Command {
	var output *outputFormat
	var projects, events, filters []string
	var dryRun bool
	values := make([]string, len(filterFlags))
	cmd := &cobra.Command{
		Use:   "ensure",
		Short: "Create the subscriptions that are missing, and repair those that are broken",
		Long: `Ensure subscribes to the events that the mapped kinds need: for the organization
where Azure DevOps allows it, else in every project. Run it as often as you like.

Send me a request when the build WebSite.CI fails:

  adoport subscriptions ensure --event build.complete --definition-name WebSite.CI --build-status Failed`,
		Args: wrongUse(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			scope := servicehook.Scope{Events: events, Filters: map[string]string{}}
			for i, f := range filterFlags {
				if values[i] != "" {
					scope.Filters[f.input] = values[i]
				}
			}
			for _, f := range filters {
				name, value, ok := strings.Cut(f, "=")
				if !ok {
					return &usageError{fmt.Errorf("--filter %s: must be name=value", f)}
				}
				scope.Filters[name] = value
			}
			h, err := c.newHooks(cmd.Context())
			if err != nil {
				return err
			}
			return h.ensure(cmd.Context(), c, scope, projects, dryRun, output.json())
		},
	}
	cmd.Flags().StringArrayVar(&projects, "project", nil, "only in this project, by name or ID; may be repeated")
	cmd.Flags().StringArrayVar(&events, "event", nil, "only this type of event, such as build.complete; may be repeated")
	for i, f := range filterFlags {
		cmd.Flags().StringVar(&values[i], f.flag, "", f.usage)
	}
	cmd.Flags().StringArrayVar(&filters, "filter", nil, "any other publisher input of Azure DevOps, as name=value; may be repeated")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "change nothing; say what would change")
	output = outputFlag(cmd)
	return cmd
}

func newSubscriptionsDelete(c *console) *cobra.Command {
	var output *outputFormat
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "delete",
		Short: "Delete all our subscriptions",
		Args:  wrongUse(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			h, err := c.newHooks(cmd.Context())
			if err != nil {
				return err
			}
			report, err := h.reconciler.Remove(cmd.Context(), dryRun)
			return c.tellReport(report, err, dryRun, output.json())
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "change nothing; say what would change")
	output = outputFlag(cmd)
	return cmd
}

// hookClient is what the subscription commands work with.
type hookClient struct {
	reconciler   *servicehook.Reconciler
	api          hooks.API
	organization *kind.Organization
	kinds        []string
}

// newHooks makes the client of the subscriptions from the settings.
func (c *console) newHooks(ctx context.Context) (*hookClient, error) {
	s, err := c.loadSettings(settings.Organization, settings.ServiceHooks)
	if err != nil {
		return nil, err
	}
	config, err := wiring.LoadMapping(s.MappingFile)
	if err != nil {
		return nil, err
	}
	o, err := clientOptions(s, c.quiet(s, c.err))
	if err != nil {
		return nil, err
	}
	client, err := wiring.NewAzureDevOps(o)
	if err != nil {
		return nil, err
	}
	target, err := wiring.NewTarget(ctx, s, o.Secrets)
	if err != nil {
		return nil, err
	}
	h := &hookClient{api: hooks.New(client), organization: kind.NewOrganization(client), kinds: wiring.Kinds(config)}
	h.reconciler = &servicehook.Reconciler{API: h.api, Projects: h.organization, Target: target, Logger: c.quiet(s, c.err)}
	return h, nil
}

func (h *hookClient) ensure(ctx context.Context, c *console, scope servicehook.Scope, projects []string, dryRun, asJSON bool) error {
	if len(projects) > 0 {
		all, err := h.organization.Projects(ctx)
		if err != nil {
			return err
		}
		if scope.Projects, err = projectIDs(all, projects); err != nil {
			return &usageError{err}
		}
	}
	// What is wrong with the scope is wrong use, and needs no request.
	if _, err := servicehook.Desired(h.kinds, scope, h.reconciler.Target); err != nil {
		return &usageError{err}
	}
	report, err := h.reconciler.Ensure(ctx, servicehook.Request{Kinds: h.kinds, Scope: scope, DryRun: dryRun})
	return c.tellReport(report, err, dryRun, asJSON)
}

// projectIDs finds projects by name or ID.
func projectIDs(all []ingest.Project, wanted []string) ([]string, error) {
	var ids []string
	var errs []error
	for _, w := range wanted {
		found := false
		for _, p := range all {
			if strings.EqualFold(p.ID, w) || strings.EqualFold(p.Name, w) {
				ids, found = append(ids, p.ID), true
			}
		}
		if !found {
			errs = append(errs, fmt.Errorf("--project %s: the organization has no such project, or these credentials do not see it", w))
		}
	}
	return ids, errors.Join(errs...)
}
