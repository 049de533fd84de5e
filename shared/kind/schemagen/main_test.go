package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPublishedSchemaIsCurrent fails when a kind or the format was changed and
// `make generate` was not run.
func TestPublishedSchemaIsCurrent(t *testing.T) {
	file := filepath.Join(t.TempDir(), "schema.json")
	if err := write(file); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../../docs/mapping.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("docs/mapping.schema.json is not current; run make generate (-want +got)\n%s", diff)
	}
}
