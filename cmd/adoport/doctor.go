package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"adoport/cmd/internal/doctor"
	"adoport/shared/settings"
)

// checkLimit is how long one check may take.
const checkLimit = 30 * time.Second

func newDoctor(c *console) *cobra.Command {
	var output *outputFormat
	var file string
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check everything that a deployment needs, and say what to do",
		Long: `Doctor checks the settings, the mapping, the Key Vault, every permission in Azure
DevOps, Port and its blueprints, the storage, the subscriptions and the app that
SERVICE_HOOK_URL leads to. It only reads: nothing is changed in any service.

To check an app that is deployed, give its settings with --settings:

  az functionapp config appsettings list --name APP --resource-group GROUP > settings.json
  adoport doctor --settings settings.json

It exits with 0 if nothing failed, 2 if the settings or the mapping are wrong, and
1 if anything else failed.`,
		Args: wrongUse(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return c.doctor(cmd.Context(), file, output.json()) },
	}
	settingsFlag(cmd, &file)
	output = outputFlag(cmd)
	return cmd
}

func (c *console) doctor(ctx context.Context, file string, asJSON bool) error {
	from, references, err := c.withSettings(file)
	if err != nil {
		return err
	}
	needs := []settings.Need{settings.Organization, settings.PortCredentials, settings.HookPassword}
	if file != "" {
		needs = append(needs, settings.AzureStorage) // a function app always needs it
	}
	s := doctor.ReadSettings(from.getenv, from.environ, needs...)
	e := newExamination(s, from.quiet(s.Settings, c.err))
	p := diagnosis{Settings: file, Notes: notesOn(file, references), Checks: []doctor.Result{}}
	tell := func(doctor.Result) {}
	if !asJSON {
		p.begin(c)
		width := widest(e)
		tell = func(r doctor.Result) { printResult(c, r, width) }
	}
	p.Checks, err = doctor.Run(ctx, e, checkLimit, tell)
	if err != nil {
		return fmt.Errorf("the checks were interrupted: %w", err)
	}
	p.Result = doctor.Worst(p.Checks)
	if asJSON {
		err = c.printJSON(p)
	} else {
		p.end(c)
	}
	if err != nil {
		return err
	}
	return p.verdict()
}
