package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"adoport/cmd/internal/wiring"
	"adoport/shared/azuredevops"
	"adoport/shared/ingest"
	"adoport/shared/kind"
	"adoport/shared/mapping"
	"adoport/shared/settings"
)

func newMapping(c *console) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "mapping",
		Short: "Check a mapping file, or see what it makes of one item",
		Args:  wrongUse(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newMappingCheck(c), newMappingExplain(c))
	return cmd
}

func newMappingCheck(c *console) *cobra.Command {
	var output *outputFormat
	cmd := &cobra.Command{
		Use:   "check FILE",
		Short: "Report everything that is wrong with a mapping file",
		Args:  wrongUse(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			return c.checkMapping(args[0], output.json())
		},
	}
	output = outputFlag(cmd)
	return cmd
}

// checked is the JSON document of mapping check.
type checked struct {
	File      string            `json:"file"`
	Valid     bool              `json:"valid"`
	Resources int               `json:"resources"`
	Problems  []mapping.Problem `json:"problems"`
	Notices   []string          `json:"notices"`
}

func (c *console) checkMapping(file string, asJSON bool) error {
	config, err := wiring.LoadMapping(file)
	out := checked{File: file, Valid: err == nil, Problems: []mapping.Problem{}, Notices: []string{}}
	var problems mapping.Problems
	switch {
	case err == nil:
		// What only the kinds know of their selectors.
		if _, err := kind.Sources(config, kind.NewOrganization(nil)); err != nil {
			out.Valid = false
			problems = mapping.Problems{{File: file, Message: err.Error()}}
			out.Problems = problems
		}
		out.Resources = len(config.Resources)
		out.Notices = append(out.Notices, config.Notices...)
	case errors.As(err, &problems):
		out.Problems = problems
	default:
		return err
	}
	if asJSON {
		if err := c.printJSON(out); err != nil {
			return err
		}
	} else {
		out.print(c)
	}
	if !out.Valid {
		return &usageError{fmt.Errorf("%s: %s", file, counted(len(problems), "problem"))}
	}
	return nil
}

func (out checked) print(c *console) {
	for _, p := range out.Problems {
		if p.Line == 0 { // the message has its position
			c.printf("%s\n", p.Message)
			continue
		}
		c.printf("%s\n", p)
	}
	for _, n := range out.Notices {
		c.printf("%s: note: %s\n", out.File, n)
	}
	if out.Valid {
		c.printf("%s: %s, no problems\n", out.File, counted(out.Resources, "resource"))
	}
}

func newMappingExplain(c *console) *cobra.Command {
	var output *outputFormat
	var project string
	cmd := &cobra.Command{
		Use:   "explain KIND ID",
		Short: "Read one item and show what the mapping makes of it",
		Long: `Explain reads one item from Azure DevOps and shows it, every expression of the
mapping with its result or error, and the entities that come of it. Nothing is
written. MAPPING_FILE says which mapping; without it the built-in one is used.`,
		Args: wrongUse(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.explain(cmd.Context(), args[0], args[1], project, output.json())
		},
	}
	cmd.Flags().StringVar(&project, "project", "", "name or ID of the item's project; without it all projects are searched where a kind needs one")
	output = outputFlag(cmd)
	return cmd
}

func (c *console) explain(ctx context.Context, kindName, id, project string, asJSON bool) error {
	s, err := c.loadSettings(settings.Organization)
	if err != nil {
		return err
	}
	config, err := wiring.LoadMapping(s.MappingFile)
	if err != nil {
		return err
	}
	if err := checkKinds(config, []string{kindName}); err != nil {
		return err
	}
	o, err := clientOptions(s, c.quiet(s, c.err))
	if err != nil {
		return err
	}
	client, err := wiring.NewAzureDevOps(o)
	if err != nil {
		return err
	}
	organization := kind.NewOrganization(client)
	sources, err := kind.Sources(config, organization)
	if err != nil {
		return &usageError{err}
	}
	sources = slices.DeleteFunc(sources, func(s ingest.Source) bool { return s.Kind != kindName })
	documents := []explained{}
	for _, source := range sources {
		items, err := readOne(ctx, organization, source, id, project)
		if err != nil {
			return err
		}
		for _, item := range items {
			documents = append(documents, explainItem(ctx, source, item)...)
		}
	}
	if len(documents) == 0 {
		return fmt.Errorf("Azure DevOps has no %s %s that can be read with these credentials", kindName, id)
	}
	if asJSON {
		return c.printJSON(documents)
	}
	for _, d := range documents {
		if err := d.print(c); err != nil {
			return err
		}
	}
	return nil
}

// readOne reads an item. A kind whose items cannot be read without their project
// is looked for in the given one, or in all.
func readOne(ctx context.Context, o *kind.Organization, source ingest.Source, id, project string) ([]ingest.Item, error) {
	ref := ingest.Ref{Kind: source.Kind, ID: id, ProjectID: project}
	if !source.NeedsProject {
		items, _, err := source.Reader.Read(ctx, []ingest.Ref{ref})
		return items, err
	}
	projects, err := o.Projects(ctx)
	if err != nil {
		return nil, err
	}
	var found []ingest.Item
	for _, p := range projects {
		if project != "" && project != p.ID && !strings.EqualFold(project, p.Name) || !p.Readable() {
			continue
		}
		ref.ProjectID = p.ID
		items, _, err := source.Reader.Read(ctx, []ingest.Ref{ref})
		if azuredevops.IsForbidden(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		found = append(found, items...)
	}
	return found, nil
}
