package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"adoport/cmd/internal/wiring"
	"adoport/shared/defaultcatalog"
	"adoport/shared/ingest"
	"adoport/shared/settings"
	azuredevopssim "adoport/shared/simulator/azuredevops"
	"adoport/shared/simulator/fault"
	portsim "adoport/shared/simulator/port"
)

// demoLatency is what a request takes on both sides of the demo.
const demoLatency = 20 * time.Millisecond

func newDemo(c *console) *cobra.Command {
	var serve bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show the main job on embedded stand-ins, without any configuration",
		Long: `Demo starts stand-ins of Azure DevOps and Port on the loopback interface, runs a
backfill, shows the catalog, changes things in the organization, and runs again;
then it subscribes to service hooks and shows the catalog follow each change.
It needs no network, no account and no configuration. With --serve it only starts
the stand-ins, which deliver service hooks too, and prints the settings for other
commands to use them.`,
		Args: wrongUse(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if serve {
				return c.serveDemo(cmd.Context())
			}
			return c.demo(cmd.Context())
		},
	}
	cmd.Flags().BoolVar(&serve, "serve", false, "only start the stand-ins, until interrupted")
	return cmd
}

// serveDemo prints the settings as a shell takes them.
func (c *console) serveDemo(ctx context.Context) error {
	d, err := startDemo(c)
	if err != nil {
		return err
	}
	defer d.stop()
	defer d.azureDevOps.StartHooks(ctx, azuredevopssim.HookOptions{})()
	environment := d.environment()
	// For who goes on with adoport run, at its usual address.
	environment["SERVICE_HOOK_URL"] = "http://127.0.0.1:7071/api/servicehooks"
	environment["SERVICE_HOOK_PASSWORD"] = "demo-password"
	for _, name := range slices.Sorted(maps.Keys(environment)) {
		c.printf("export %s=%s\n", name, environment[name])
	}
	<-ctx.Done()
	return nil
}

func (c *console) demo(ctx context.Context) error {
	d, err := startDemo(c)
	if err != nil {
		return err
	}
	defer d.stop()
	c.printf("A stand-in of Azure DevOps is at %s, one of Port at %s.\nEach request to them takes %s.\n\n", d.azureDevOpsURL, d.portURL, demoLatency)

	c.printf("1. The first backfill fills an empty catalog\n\n")
	if err := d.backfill(ctx); err != nil {
		return err
	}
	d.showCatalog()

	c.printf("2. The organization changes\n\n")
	if err := d.change(); err != nil {
		return fmt.Errorf("changing the organization: %w", err)
	}

	c.printf("\n3. The second backfill writes only that\n\n")
	if err := d.backfill(ctx); err != nil {
		return err
	}
	d.showCatalog()

	c.printf("4. The third finds nothing to do\n\n")
	if err := d.backfill(ctx); err != nil {
		return err
	}
	c.printf("5. With service hooks the catalog follows by itself\n\n")
	return d.follow(ctx)
}

// demo is a small organization and an empty catalog on the loopback interface.
type demo struct {
	console                 *console
	azureDevOps             *azuredevopssim.Server
	port                    *portsim.Server
	azureDevOpsURL, portURL string
	servers                 []*http.Server
	runs                    int
}

func startDemo(c *console) (*demo, error) {
	d := &demo{console: c}
	var err error
	d.azureDevOpsURL, err = d.serve(func(url string) http.Handler {
		d.azureDevOps = azuredevopssim.New(azuredevopssim.Options{
			Organization: "fabrikam", Projects: 20, RepositoriesPerProject: 5, PipelinesPerProject: 9,
			WorkItemsPerProject: 300, Seed: 7, LoopbackHooks: true, BaseURL: func() string { return url },
		})
		return d.azureDevOps
	})
	if err != nil {
		return nil, err
	}
	d.portURL, err = d.serve(func(string) http.Handler {
		d.port = portsim.New(portsim.Options{})
		return d.port
	})
	return d, err
}

// serve starts a stand-in that is made for the URL at which it will be.
func (d *demo) serve(handler func(url string) http.Handler) (string, error) {
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("listening on the loopback interface: %w", err)
	}
	url := "http://" + listener.Addr().String()
	s := &http.Server{Handler: fault.Wrap(handler(url), fault.Options{Latency: demoLatency}), ReadHeaderTimeout: 10 * time.Second}
	d.servers = append(d.servers, s)
	go func() { _ = s.Serve(listener) }() // it ends with ErrServerClosed in stop
	return url, nil
}

func (d *demo) stop() {
	for _, s := range d.servers {
		_ = s.Close() // the process ends right after
	}
}

// environment is what a user would set, for the stand-ins.
func (d *demo) environment() map[string]string {
	return map[string]string{
		"AZURE_DEVOPS_ORG_URL":      d.azureDevOpsURL + "/fabrikam",
		"AZURE_DEVOPS_APP_PASSWORD": "pat",
		"PORT_CLIENT_ID":            "client",
		"PORT_CLIENT_SECRET":        "secret",
		"PORT_BASE_URL":             d.portURL,
		"ADOPORT_INSTANCE":          "demo",
	}
}

func (d *demo) backfill(ctx context.Context) error {
	environment := d.environment()
	s, err := settings.Load(func(name string) string { return environment[name] })
	if err != nil {
		return err
	}
	config, err := wiring.LoadMapping("")
	if err != nil {
		return err
	}
	show := d.runs > 0
	d.runs++
	r, err := d.console.runBackfill(ctx, s, config, backfillFlags{show: show})
	if err != nil {
		return err
	}
	writeChanges(d.console.out, r.Changes)
	r.write(d.console.out)
	d.console.printf("\n")
	if r.Status != ingest.Complete {
		return errReported
	}
	return nil
}

// showCatalog prints what the stand-in of Port has.
func (d *demo) showCatalog() {
	for _, b := range defaultcatalog.Blueprints() {
		entities := d.port.Entities(b.Identifier)
		d.console.printf("%s: %d entities\n", b.Identifier, len(entities))
		columns := slices.Sorted(maps.Keys(b.Schema.Properties))
		t := tabwriter.NewWriter(d.console.out, 0, 4, 2, ' ', 0)
		fmt.Fprint(t, "  identifier\ttitle")
		for _, column := range columns {
			if column != "url" {
				fmt.Fprint(t, "\t", column)
			}
		}
		fmt.Fprintln(t)
		ids := slices.SortedFunc(maps.Keys(entities), func(a, b string) int {
			return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
		})
		for _, id := range ids[:min(3, len(ids))] {
			fmt.Fprintf(t, "  %s\t%s", short(id, 12), short(fmt.Sprint(entities[id].Title), 30))
			for _, column := range columns {
				if column == "url" {
					continue
				}
				value := "-"
				if v := entities[id].Properties[column]; v != nil {
					value = short(fmt.Sprint(v), 24)
				}
				fmt.Fprint(t, "\t", value)
			}
			fmt.Fprintln(t)
		}
		t.Flush()
		d.console.printf("\n")
	}
}

// change is a working day in the organization.
func (d *demo) change() error {
	projects := d.azureDevOps.Projects()
	repositories := d.azureDevOps.Repositories()
	pipelines := d.azureDevOps.Pipelines()
	steps := []struct {
		what string
		do   func() error
	}{
		{"the title and state of work item 1 change", func() error {
			return d.azureDevOps.UpdateWorkItem(1, map[string]any{"System.Title": "Deploy on Fridays", "System.State": "Active"})
		}},
		{"work item 2 goes to the recycle bin", func() error { return d.azureDevOps.DeleteWorkItem(2) }},
		{"a work item is created", func() error {
			_, err := d.azureDevOps.AddWorkItem(projects[0].ID, map[string]any{"System.Title": "Write the runbook", "System.WorkItemType": "Task"})
			return err
		}},
		{fmt.Sprintf("repository %q is renamed", repositories[0].Name), func() error {
			return d.azureDevOps.RenameRepository(repositories[0].ID, repositories[0].Name+"-renamed")
		}},
		{fmt.Sprintf("repository %q is deleted", repositories[1].Name), func() error { return d.azureDevOps.DeleteRepository(repositories[1].ID) }},
		{fmt.Sprintf("pipeline %q is deleted", pipelines[0].Name), func() error { return d.azureDevOps.DeletePipeline(pipelines[0].ID) }},
	}
	for _, s := range steps {
		if err := s.do(); err != nil {
			return fmt.Errorf("%s: %w", s.what, err)
		}
		d.console.printf("   %s\n", s.what)
	}
	return nil
}
