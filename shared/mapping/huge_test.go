package mapping

import (
	"strings"
	"testing"
)

// TestHugeFiles checks that a file that would take the parser minutes, or all
// of the stack, is refused.
func TestHugeFiles(t *testing.T) {
	t.Parallel()
	steps := &strings.Builder{}
	for i := range 1400 {
		steps.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	for name, c := range map[string]struct{ text, want string }{
		"larger than a file": {strings.Repeat("#", maxFileSize+1), "m.yaml:1:1: the file is larger than 1048576 bytes"},
		"keys":               {strings.Repeat("a: b\n", 100_000), "m.yaml:16667:4: the file has more than 50000 words and signs"},
		"flow lists":         {strings.Repeat("[", 20_000), "m.yaml:1:65: this is nested too deeply"},
		"flow objects":       {strings.Repeat("{a: ", 10_000), "m.yaml:1:257: this is nested too deeply"},
		"block lists":        {strings.Repeat("- ", 20_000), "m.yaml:1:513: this is nested too deeply"},
		"complex keys":       {strings.Repeat("? ", 20_000), "m.yaml:1:513: this is nested too deeply"},
		"anchors":            {strings.Repeat("&a ", 20_000), "m.yaml:1:4: YAML: unexpected scalar value type"},
		"tags":               {strings.Repeat("!a ", 20_000), "m.yaml:1:513: this is nested too deeply"},
		"indentation":        {steps.String(), "m.yaml:1026:1026: this is nested too deeply"},
		"an endless text":    {"a: '" + strings.Repeat("x\n", 1<<18), "m.yaml:1:4: YAML: could not find end character of single-quoted text"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := Load("m.yaml", []byte(c.text), testKinds); err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}
