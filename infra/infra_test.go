// Package infra holds the Bicep templates for Azure, and these tests of them.
//
// There is no Bicep compiler here. The tests parse the templates with a grammar
// and check some of what a compiler would check, and what only we can check: that
// the settings, functions, queues and log messages of the templates are those of
// the program. Each check MUST find nothing in the templates, and what is wrong
// after each of its mutations.
package infra

import (
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"adoport/shared/settings"
)

// checks are all that the templates are checked for.
var checks = map[string]func(*template) []problem{
	"alerts":       checkAlerts,
	"azd":          checkAzd,
	"descriptions": checkDescriptions,
	"flex":         checkFlex,
	"functions":    checkFunctions,
	"granted":      checkGranted,
	"hosts":        checkHosts,
	"local":        checkLocal,
	"modules":      checkModules,
	"names":        checkNames,
	"parameters":   checkParameters,
	"readme":       checkReadme,
	"roles":        checkRoles,
	"secrets":      checkSecrets,
	"settings":     checkSettings,
	"syntax":       checkSyntax,
	"unused":       checkUnused,
	"versions":     checkVersions,
}

func TestTemplates(t *testing.T) {
	t.Parallel()
	whole, err := load(os.DirFS(".."), settings.Describe())
	if err != nil {
		t.Fatal(err)
	}
	for name, check := range checks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, p := range check(whole) {
				t.Error(p)
			}
		})
	}
}

// mutation is a mistake in a file, and what its check says.
type mutation struct {
	check, file string
	// old is in the file once.
	old, new string
	want     []string
}

func TestMutations(t *testing.T) {
	t.Parallel()
	whole, err := load(os.DirFS(".."), settings.Describe())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mutations {
		t.Run(m.check, func(t *testing.T) {
			t.Parallel()
			source, err := fs.ReadFile(whole.fsys, m.file)
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(source), m.old); n != 1 {
				t.Fatalf("%q is in %s %d times, want once", m.old, m.file, n)
			}
			changed, err := whole.with(m.file, strings.Replace(string(source), m.old, m.new, 1))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range checks[m.check](changed) {
				got = append(got, p.file+": "+p.text)
			}
			if diff := cmp.Diff(m.want, got); diff != "" {
				t.Errorf("%q in place of %q in %s: problems (-want +got):\n%s", m.new, m.old, m.file, diff)
			}
		})
	}
}

// TestEveryCheckFinds keeps a check that finds nothing from looking like one.
func TestEveryCheckFinds(t *testing.T) {
	t.Parallel()
	mutated := map[string]bool{}
	for _, m := range mutations {
		mutated[m.check] = mutated[m.check] || len(m.want) > 0
	}
	for name := range checks {
		if !mutated[name] {
			t.Errorf("nothing shows that the check of %s finds anything", name)
		}
	}
}
