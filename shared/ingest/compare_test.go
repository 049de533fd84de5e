package ingest

import (
	"encoding/json"
	"math/big"
	"slices"
	"testing"

	"adoport/shared/mapping"
)

var testBlueprint = Blueprint{
	Identifier: "service",
	Schema: BlueprintSchema{Properties: map[string]Property{
		"at":   {Type: "string", Format: "date-time"},
		"text": {Type: "string"},
		"n":    {Type: "number"},
	}},
	Relations: map[string]Relation{"project": {Target: "project"}, "owners": {Target: "user", Many: true}},
}

func TestEqualProperty(t *testing.T) {
	t.Parallel()
	date, any0 := Property{Type: "string", Format: "date-time"}, Property{}
	tests := map[string]struct {
		property      Property
		before, after any
		want          bool
	}{
		"same text":                  {any0, "a", "a", true},
		"other text":                 {any0, "a", "b", false},
		"null and absent":            {any0, nil, nil, true},
		"cleared":                    {any0, "a", nil, false},
		"set":                        {any0, nil, "a", false},
		"empty text is not null":     {any0, nil, "", false},
		"integer and decimal":        {any0, json.Number("1.0"), 1, true},
		"exponent":                   {any0, json.Number("1e3"), json.Number("1000"), true},
		"float and number":           {any0, json.Number("0.5"), 0.5, true},
		"big integers":               {any0, json.Number("9007199254740993"), big.NewInt(9007199254740993), true},
		"big integers, one apart":    {any0, json.Number("9007199254740992"), big.NewInt(9007199254740993), false},
		"number and its text":        {any0, "1", 1, false},
		"huge exponent":              {any0, json.Number("1e999999999"), 1, false},
		"boolean":                    {any0, true, true, true},
		"boolean and null":           {any0, nil, false, false},
		"key order":                  {any0, map[string]any{"a": 1, "b": 2}, map[string]any{"b": 2, "a": 1}, true},
		"null key":                   {any0, map[string]any{"a": 1}, map[string]any{"a": 1, "b": nil}, true},
		"more keys":                  {any0, map[string]any{"a": 1}, map[string]any{"a": 1, "b": 2}, false},
		"array order":                {any0, []any{1, 2}, []any{2, 1}, false},
		"date in other notation":     {date, "2026-01-02T03:04:05.000Z", "2026-01-02T03:04:05Z", true},
		"date in other zone":         {date, "2026-01-02T03:04:05Z", "2026-01-02T05:04:05+02:00", true},
		"date with finer fraction":   {date, "2026-01-02T03:04:05.123Z", "2026-01-02T03:04:05.1234567Z", true},
		"other date":                 {date, "2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z", false},
		"text that looks like dates": {any0, "2026-01-02T03:04:05.000Z", "2026-01-02T03:04:05Z", false},
		"date that is none":          {date, "yesterday", "yesterday", true},
	}
	for name, test := range tests {
		if got := equalProperty(test.property, test.before, test.after); got != test.want {
			t.Errorf("%s: equal %v, want %v", name, got, test.want)
		}
	}
}

func TestDifferences(t *testing.T) {
	t.Parallel()
	stored := Stored{
		Identifier: "s1", Title: "One", Team: []any{"b", "a"},
		Properties: map[string]any{"text": "x", "n": json.Number("1"), "foreign": "kept"},
		Relations:  map[string]any{"project": "p1", "owners": []any{"u2", "u1"}},
	}
	tests := map[string]struct {
		entity mapping.Entity
		want   []string
	}{
		"nothing is mapped": {mapping.Entity{}, nil},
		"all is equal": {mapping.Entity{
			Meta:       map[string]any{"title": "One", "team": []any{"a", "b"}},
			Properties: map[string]any{"text": "x", "n": 1.0},
			Relations:  map[string]any{"project": "p1", "owners": []any{"u1", "u2"}},
		}, nil},
		"every kind of field": {mapping.Entity{
			Meta:       map[string]any{"title": "Two", "icon": "Git", "team": nil},
			Properties: map[string]any{"text": nil, "n": 2},
			Relations:  map[string]any{"project": nil, "owners": []any{"u1"}},
		}, []string{"icon", "team", "title", "properties.n", "properties.text", "relations.owners", "relations.project"}},
		"one and a list of one": {mapping.Entity{Relations: map[string]any{"project": []any{"p1"}}}, nil},
		"a search object":       {mapping.Entity{Relations: map[string]any{"project": map[string]any{"combinator": "and"}}}, []string{"relations.project"}},
	}
	for name, test := range tests {
		var got []string
		for _, f := range differences(testBlueprint, &test.entity, stored) {
			got = append(got, f.Path)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

func TestTitleOfNone(t *testing.T) {
	t.Parallel()
	entity := mapping.Entity{Identifier: "s1", Meta: map[string]any{"title": nil}}
	for title, want := range map[any]int{nil: 0, "s1": 0, "One": 1} {
		if got := len(differences(testBlueprint, &entity, Stored{Title: title})); got != want {
			t.Errorf("title %v in Port: %d differences, want %d", title, got, want)
		}
	}
}

func TestNewerThan(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		stored, read any
		property     string
		want         bool
	}{
		"newer":          {json.Number("8"), 7, "n", true},
		"equal":          {json.Number("7"), 7, "n", false},
		"older":          {json.Number("6"), 7, "n", false},
		"not stored":     {nil, 7, "n", false},
		"not a number":   {"8", 7, "n", false},
		"not mapped":     {json.Number("8"), 7, "", false},
		"read no number": {json.Number("8"), nil, "n", false},
	}
	for name, test := range tests {
		stored := Stored{Properties: map[string]any{"n": test.stored}}
		entity := mapping.Entity{Properties: map[string]any{"n": test.read}}
		if got := newerThan(stored, &entity, test.property); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

func TestNormalize(t *testing.T) {
	t.Parallel()
	given := map[string]any{"at": "2026-01-02T03:04:05.5", "text": "2026-01-02T03:04:05"}
	entity := mapping.Entity{Properties: given}
	normalize(testBlueprint, &entity)
	if got := entity.Properties["at"]; got != "2026-01-02T03:04:05.5Z" {
		t.Errorf("zone-less date-time became %v", got)
	}
	if got := entity.Properties["text"]; got != "2026-01-02T03:04:05" {
		t.Errorf("text became %v", got)
	}
	if given["at"] != "2026-01-02T03:04:05.5" {
		t.Error("the mapping's own value was changed")
	}
	for _, value := range []any{"2026-01-02T03:04:05Z", "2026-01-02T03:04:05+02:00", "yesterday", nil, 5} {
		entity := mapping.Entity{Properties: map[string]any{"at": value}}
		normalize(testBlueprint, &entity)
		if entity.Properties["at"] != value {
			t.Errorf("%v became %v", value, entity.Properties["at"])
		}
	}
}
