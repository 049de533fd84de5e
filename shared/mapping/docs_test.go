package mapping

import (
	"os"
	"regexp"
	"testing"
)

// TestDocs loads every example of the reference.
func TestDocs(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/mapping.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(text, -1)
	if len(examples) < 3 {
		t.Fatalf("only %d examples", len(examples))
	}
	for _, e := range examples {
		if _, err := Load("mapping.md", e[1], testKinds); err != nil {
			t.Errorf("%v\n%s", err, e[1])
		}
	}
}
