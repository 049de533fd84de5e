package schema

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/google/jsonschema-go/jsonschema"

	"adoport/shared/mapping"
)

var update = flag.Bool("update", false, "write the golden file")

var testKinds = []mapping.Kind{
	{Name: "project", Options: []mapping.Option{
		{Name: "defaultTeam", Type: mapping.Bool, Default: false, Doc: "Read the default team of every project."},
	}},
	{Name: "repository", Options: []mapping.Option{
		{Name: "includedFiles", Type: mapping.Strings, Doc: "Files whose text is added."},
	}},
	{Name: "pipeline", Options: []mapping.Option{
		{Name: "includeRepo", Type: mapping.Bool, Default: false, Doc: "Add the repository of every pipeline."},
	}},
	{Name: "work-item", Options: []mapping.Option{
		{Name: "wiql", Type: mapping.String, Doc: "A further condition of the WIQL query."},
		{Name: "expand", Type: mapping.Enum, Values: []string{"None", "Fields", "Relations", "Links", "All"}, Default: "All", Doc: "What is read of every work item."},
	}},
}

func TestGolden(t *testing.T) {
	t.Parallel()
	got, err := Schema(testKinds)
	if err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/schema.json"
	if *update {
		if err := os.WriteFile(golden, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func resolved(t *testing.T) *jsonschema.Resolved {
	t.Helper()
	encoded, err := Schema(testKinds)
	if err != nil {
		t.Fatal(err)
	}
	var s jsonschema.Schema
	if err := json.Unmarshal(encoded, &s); err != nil {
		t.Fatal(err)
	}
	r, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// invisible are mistakes that no schema can see: they are in expressions, in
// literals, in YAML itself, or bounds of the loader.
var invisible = []string{
	"anchors", "duplicate-keys", "file-url", "jq-", "literals", "long-expression", "no-value", "regex", "too-deep",
	"two-documents", "unfolding", "windows-line-ends", "yaml-",
}

// TestAgreesWithLoader checks the schema against the files of the loader's own
// tests.
func TestAgreesWithLoader(t *testing.T) {
	t.Parallel()
	schema := resolved(t)
	good, err := filepath.Glob("../testdata/*.yaml")
	if err != nil || len(good) == 0 {
		t.Fatalf("no files: %v", err)
	}
	bad, err := filepath.Glob("../testdata/bad/*.yaml")
	if err != nil || len(bad) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range append(good, bad...) {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		if strings.Contains(file, "/bad/") && hasPrefix(name, invisible) {
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var document any
		if err := yaml.Unmarshal(data, &document); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		err = schema.Validate(plain(document))
		if isBad := strings.Contains(file, "/bad/"); isBad != (err != nil) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func hasPrefix(name string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// plain makes JSON types of what YAML gives.
func plain(v any) any {
	encoded, err := json.Marshal(v)
	if err != nil {
		return v
	}
	var decoded any
	if json.Unmarshal(encoded, &decoded) != nil {
		return v
	}
	return decoded
}

func TestPublishedSchemaIsASchema(t *testing.T) {
	t.Parallel()
	published, err := os.ReadFile("../../../docs/mapping.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var s jsonschema.Schema
	if err := json.Unmarshal(published, &s); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Resolve(nil); err != nil {
		t.Fatal(err)
	}
}
