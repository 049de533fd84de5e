package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"adoport/cmd/internal/wiring"
)

// The exit codes of every command.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// usageError is wrong use or wrong configuration: the user must change
// something before the command can do anything.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// errReported is a failure that the command has already told.
var errReported = errors.New("reported")

// run executes one command line and returns its exit code.
func run(ctx context.Context, c *console, args []string) int {
	root := newRoot(c)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var usage *usageError
	var config *wiring.ConfigError
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errReported):
		return exitFailed
	case errors.As(err, &usage), errors.As(err, &config):
		fmt.Fprintf(c.err, "adoport: %v\n", err)
		return exitUsage
	default:
		fmt.Fprintf(c.err, "adoport: %v\n", err)
		return exitFailed
	}
}

func newRoot(c *console) *cobra.Command {
	root := &cobra.Command{
		Use:   "adoport",
		Short: "Keep a Port catalog equal to an Azure DevOps organization",
		Long: `Adoport keeps a Port software catalog equal to an Azure DevOps organization.

Exit codes: 0 done, 1 failed or incomplete, 2 wrong use or wrong configuration.
Settings are environment variables; docs/settings.md lists them.`,
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          wrongUse(cobra.NoArgs),
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SuggestionsMinimumDistance = 2
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetOut(c.out)
	root.SetErr(c.err)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &usageError{fmt.Errorf("%w\nRun '%s --help' for usage", err, cmd.CommandPath())}
	})
	root.AddCommand(newBackfill(c), newRun(c), newMapping(c), newSubscriptions(c), newDoctor(c), newTasks(c), newDemo(c))
	return root
}

// wrongUse makes the arguments' check an error of use.
func wrongUse(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			if near := cmd.SuggestionsFor(strings.Join(args, " ")); len(near) > 0 {
				err = fmt.Errorf("%w. Did you mean %s?", err, near[0])
			}
			return &usageError{fmt.Errorf("%w\nRun '%s --help' for usage", err, cmd.CommandPath())}
		}
		return nil
	}
}

// outputFlag adds -o to a command.
func outputFlag(cmd *cobra.Command) *outputFormat {
	f := outputFormat("text")
	cmd.Flags().VarP(&f, "output", "o", "text, or json: one document on standard output")
	return &f
}

type outputFormat string

func (f *outputFormat) String() string { return string(*f) }

// Type names the flag's value in the usage.
func (f *outputFormat) Type() string { return "text|json" }

func (f *outputFormat) Set(s string) error {
	if s != "text" && s != "json" {
		return errors.New("must be text or json")
	}
	*f = outputFormat(s)
	return nil
}

func (f *outputFormat) json() bool { return *f == "json" }
