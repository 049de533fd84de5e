package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestReadmeCommands runs the adoport commands of the README's shell blocks, and
// checks that its make targets exist.
func TestReadmeCommands(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	must(t, err)
	makefile, err := os.ReadFile("../../Makefile")
	must(t, err)
	mapping, err := os.ReadFile("../../shared/defaultcatalog/mapping.yaml")
	must(t, err)

	w := newWorld(t, hooked(small))
	w.environment["SERVICE_HOOK_URL"], w.environment["SERVICE_HOOK_PASSWORD"] = "http://127.0.0.1:9/api/servicehooks", "password"
	t.Chdir(t.TempDir())
	must(t, os.WriteFile(filepath.Join(".", "mapping.yaml"), mapping, 0o600))
	ran := 0
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(readme), -1) {
		for line := range strings.Lines(block[1]) {
			command, _, _ := strings.Cut(line, "#")
			words := strings.Fields(command)
			switch {
			case len(words) == 0 || words[0] == "export":
			case words[0] == "make":
				if !strings.Contains(string(makefile), "\n"+words[1]+":") {
					t.Errorf("%q: the Makefile has no such target", line)
				}
			case filepath.Base(words[0]) == "adoport" && words[1] == "run":
				// It runs until it is told to end: see the live tests.
			case filepath.Base(words[0]) == "adoport":
				// The README's work item is the user's; the stand-in has fewer.
				args := strings.Fields(strings.ReplaceAll(strings.Join(words[1:], " "), "4711", "1"))
				if o := w.run(t, args...); o.code != exitDone {
					t.Errorf("%q: exit %d\n%s", line, o.code, o.err)
				}
				ran++
			default:
				t.Errorf("%q is not run by this test", line)
			}
		}
	}
	if ran < 4 {
		t.Errorf("only %d commands were found", ran)
	}
	w.checkEqual(t)
}
