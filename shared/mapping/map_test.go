package mapping

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

// mapCase is one entry of testdata/cases/*.yaml.
type mapCase struct {
	Name string
	// Item is JSON, Kind and Resource are put into a file unless Config is given.
	Item     string
	Kind     string
	Resource string
	Config   string
	// Entities is JSON with the fields of an Entity, those that are empty left out.
	Entities string
	Skipped  int
	// Failures are "path: message", "!" before those of Identity.
	Failures []string
}

func TestMapCases(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/cases/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var cases []mapCase
		if err := yaml.UnmarshalWithOptions(data, &cases, yaml.Strict()); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, c := range cases {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml")+"/"+c.Name, func(t *testing.T) {
				t.Parallel()
				c.run(t)
			})
		}
	}
}

func (c mapCase) run(t *testing.T) {
	t.Helper()
	config := c.Config
	if config == "" {
		kind := c.Kind
		if kind == "" {
			kind = "project"
		}
		config = "resources:\n- kind: " + kind + "\n" + indent(c.Resource, "  ")
	}
	loaded, err := Load("mapping.yaml", []byte(config), testKinds)
	if err != nil {
		t.Fatalf("%v\n%s", err, config)
	}
	got := Result{}
	for _, r := range loaded.Resources {
		result := r.Map(t.Context(), decode(t, c.Item))
		got.Entities = append(got.Entities, result.Entities...)
		got.Failures = append(got.Failures, result.Failures...)
		got.Skipped += result.Skipped
	}
	if diff := cmp.Diff(decodeAny(t, c.Entities), decodeAny(t, plainEntities(t, got.Entities))); diff != "" {
		t.Errorf("entities (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(c.Failures, plainFailures(got.Failures)); diff != "" {
		t.Errorf("failures (-want +got):\n%s", diff)
	}
	if got.Skipped != c.Skipped {
		t.Errorf("skipped %d, want %d", got.Skipped, c.Skipped)
	}
}

func plainFailures(failures []Failure) []string {
	var plain []string
	for _, f := range failures {
		mark := ""
		if f.Identity {
			mark = "!"
		}
		plain = append(plain, fmt.Sprintf("%s%s: %s", mark, f.Path, f.Err))
	}
	return plain
}

// plainEntities is JSON, for the types of numbers do not matter.
func plainEntities(t *testing.T, entities []Entity) string {
	t.Helper()
	list := []any{}
	for _, e := range entities {
		plain := map[string]any{"blueprint": e.Blueprint}
		if e.Identifier != "" {
			plain["identifier"] = e.Identifier
		}
		if e.Query != nil {
			plain["query"] = e.Query
		}
		for name, part := range map[string]map[string]any{"meta": e.Meta, "properties": e.Properties, "relations": e.Relations} {
			if len(part) > 0 {
				plain[name] = part
			}
		}
		list = append(list, plain)
	}
	encoded, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

func decode(t testing.TB, text string) map[string]any {
	t.Helper()
	item, ok := decodeAny(t, text).(map[string]any)
	if !ok {
		t.Fatalf("not an object: %s", text)
	}
	return item
}

func decodeAny(t testing.TB, text string) any {
	t.Helper()
	if text == "" {
		text = "[]"
	}
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

func indent(text, by string) string {
	return by + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n"+by) + "\n"
}

func TestTextOf(t *testing.T) {
	t.Parallel()
	large, _ := new(big.Int).SetString("123456789012345678901234567890", 10)
	for _, c := range []struct {
		in   any
		want string
		ok   bool
	}{
		{nil, "", true},
		{"a", "a", true},
		{7, "7", true},
		{large, "123456789012345678901234567890", true},
		{3.0, "3", true},
		{1e21, "1000000000000000000000", true},
		{0.5, "0.5", true},
		{json.Number("9007199254740993"), "9007199254740993", true},
		{json.Number("1e3"), "1000", true},
		{json.Number("1.0"), "1", true},
		{json.Number("1e999"), "1e999", true},
		{true, "", false},
		{[]any{}, "", false},
		{map[string]any{}, "", false},
	} {
		got, ok := textOf(c.in)
		if got != c.want || ok != c.ok {
			t.Errorf("textOf(%v) = %q, %t; want %q, %t", c.in, got, ok, c.want, c.ok)
		}
	}
}
