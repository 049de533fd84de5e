package mapping

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// resources loads the resources of a file without its first line.
func resources(t *testing.T, text string) []*Resource {
	t.Helper()
	c, err := Load("m.yaml", []byte("resources:\n"+text), testKinds)
	if err != nil {
		t.Fatal(err)
	}
	return c.Resources
}

func TestIdentify(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, port, want string
	}{
		{"both", `entity: {mappings: {identifier: .id, blueprint: '"b"', title: .x.y.z}}`, "b 1"},
		{"dynamic", `entity: {mappings: {identifier: '"i"', blueprint: .id}}`, "1 i"},
		{"constant", `entity: {mappings: {identifier: '"i"', blueprint: '"b"'}}`, "b i"},
		{"null", `entity: {mappings: {identifier: .no, blueprint: '"b"'}}`, "identifying an entity of project (m.yaml:2:3): identifier (.no) gave null, it must give a text"},
		{"empty", `entity: {mappings: {identifier: .id, blueprint: .no // ""}}`, `identifying an entity of project (m.yaml:2:3): blueprint (.no // "") gave the text "", it must give a text`},
		{"fails", `entity: {mappings: {identifier: .id.x, blueprint: '"b"'}}`, "identifying an entity of project (m.yaml:2:3): identifier (.id.x): expected an object but got: number (1)"},
		{"list", `entity: {mappings: [{identifier: .id, blueprint: '"b"'}, {identifier: .id, blueprint: '"c"'}]}`, "identifying an entity of project (m.yaml:2:3): several mappings make several entities of an item"},
		{"items", `{itemsToParse: .l, entity: {mappings: {identifier: .id, blueprint: '"b"'}}}`, "identifying an entity of project (m.yaml:2:3): itemsToParse makes several entities of an item"},
		{"search", `entity: {mappings: {identifier: {combinator: and, rules: [{property: $title, operator: isEmpty}]}, blueprint: '"b"'}}`, "identifying an entity of project (m.yaml:2:3): the identifier is a search"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			port := c.port
			if !strings.HasPrefix(port, "{") {
				port = "{" + port + "}"
			}
			r := resources(t, "- kind: project\n  selector: {query: error}\n  port: "+port)[0]
			blueprint, identifier, err := r.Identify(t.Context(), decode(t, `{"id": 1}`))
			got := blueprint + " " + identifier
			if err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	r := resources(t, `
- kind: project
  selector: {query: .item > 5}
  port:
    itemsToParse: .list
    entity:
      mappings:
        identifier: .item
        blueprint: '"b"'
        properties:
          bad: .id.x
          search: ' .id '
`)[0]
	got := r.Explain(t.Context(), map[string]any{"id": "1", "list": []any{4, 6}})
	if len(got.Result.Entities) != 1 || got.Result.Skipped != 1 || len(got.Result.Failures) != 1 {
		t.Errorf("result: %+v", got.Result)
	}
	mistake := `expected an object but got: string ("1")`
	want := []Step{
		{Path: "port.itemsToParse", Expression: ".list", Element: -1, Value: []any{4, 6}},
		{Path: "selector.query", Expression: ".item > 5", Element: 0, Value: false},
		{Path: "identifier", Expression: ".item", Element: 0, Value: 4},
		{Path: "blueprint", Expression: `"b"`, Element: 0, Value: "b"},
		{Path: "properties.bad", Expression: ".id.x", Element: 0, Err: mistake},
		{Path: "properties.search", Expression: ".id", Element: 0, Value: "1"},
		{Path: "selector.query", Expression: ".item > 5", Element: 1, Value: true},
		{Path: "identifier", Expression: ".item", Element: 1, Value: 6},
		{Path: "blueprint", Expression: `"b"`, Element: 1, Value: "b"},
		{Path: "properties.bad", Expression: ".id.x", Element: 1, Err: mistake},
		{Path: "properties.search", Expression: ".id", Element: 1, Value: "1"},
	}
	if diff := cmp.Diff(want, got.Steps); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}

func TestPropertyOf(t *testing.T) {
	t.Parallel()
	r := load(t, "default-style.yaml").Resources[0]
	if name, ok := r.PropertyOf(".rev"); name != "revision" || !ok {
		t.Errorf("%q, %t", name, ok)
	}
	if name, ok := r.PropertyOf(".revision"); ok {
		t.Errorf("found %q", name)
	}
}

func TestBlueprints(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mappings string
		ids      []string
		static   bool
	}{
		{`{identifier: .id, blueprint: "'b'"}`, []string{"b"}, true},
		{`{identifier: .id, blueprint: '"b" + "c"'}`, nil, false},
		{`[{identifier: .id, blueprint: '"b"'}, {identifier: .id, blueprint: '"a"'}]`, []string{"a", "b"}, true},
		{`[{identifier: .id, blueprint: '"b"'}, {identifier: .x, blueprint: '"b"'}]`, []string{"b"}, true},
		{`[{identifier: .id, blueprint: '"b"'}, {identifier: .x, blueprint: .b}]`, []string{"b"}, false},
	} {
		r := resources(t, "- kind: project\n  port: {entity: {mappings: "+c.mappings+"}}")[0]
		ids, static := r.Blueprints()
		if diff := cmp.Diff(c.ids, ids); diff != "" || static != c.static {
			t.Errorf("%s: %v %t", c.mappings, ids, static)
		}
	}
}

func TestOnDemand(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		expression string
		want       []string
	}{
		{".name", nil},
		{".process.x", []string{"process"}},
		{`.["process"]`, []string{"process"}},
		{`."process"`, []string{"process"}},
		{`'\(.__repository.id)'`, []string{"__repository"}},
		{"{process}", []string{"process"}},
		{". as {$process, __repository: $r} | $process", []string{"__repository", "process"}},
		{`.name # process`, nil},
		{`"the process"`, nil},
	} {
		r := resources(t, "- kind: pipeline\n  port:\n    entity:\n      mappings:\n        blueprint: '\"b\"'\n        identifier: |-\n          "+c.expression+"\n")
		if diff := cmp.Diff(c.want, r[0].OnDemand()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.expression, diff)
		}
	}
}

func TestFingerprint(t *testing.T) {
	t.Parallel()
	const base = `
resources:
- kind: work-item
  selector: {query: .a == "x", expand: Fields}
  port:
    entity:
      mappings:
        identifier: .id
        blueprint: '"b"'
        properties: {a: .a, b: .b}
        relations: {r: {combinator: and, rules: [{property: $title, operator: '"="', value: .a}]}}
`
	print := func(text string) string {
		c, err := Load("m.yaml", []byte(text), testKinds)
		if err != nil {
			t.Fatal(err)
		}
		return c.Fingerprint()
	}
	want := print(base)
	for name, same := range map[string][2]string{
		"white space":    {`.a == "x"`, `.a=="x"`},
		"quotes":         {`.a == "x"`, `.a == 'x'`},
		"order":          {`{a: .a, b: .b}`, `{b: .b, a: .a}`},
		"bare word":      {`operator: '"="'`, `operator: =`},
		"comment":        {"- kind", "# hello\n- kind"},
		"default":        {"resources:", "enableMergeEntity: true\nresources:"},
		"without effect": {"resources:", "branch: main\nresources:"},
	} {
		if print(strings.Replace(base, same[0], same[1], 1)) != want {
			t.Errorf("%s changes the fingerprint", name)
		}
	}
	seen := map[string]string{want: "nothing"}
	for name, other := range map[string][2]string{
		"selector":           {`.a == "x"`, `.a == "y"`},
		"option":             {"Fields", "All"},
		"expression":         {"a: .a", "a: .c"},
		"property":           {"{a: .a, b: .b}", "{a: .a, c: .b}"},
		"swapped":            {"{a: .a, b: .b}", "{a: .b, b: .a}"},
		"identifier":         {"identifier: .id", "identifier: .id | tostring"},
		"operator":           {`operator: '"="'`, `operator: '"!="'`},
		"property of a rule": {"$title", "$identifier"},
		"merge":              {"resources:", "enableMergeEntity: false\nresources:"},
		"missing":            {"resources:", "createMissingRelatedEntities: false\nresources:"},
		"items":              {"  port:", "  port:\n    itemsToParse: .x"},
		"name":               {"  port:", "  port:\n    itemsToParse: .x\n    itemsToParseName: y"},
		"transform":          {"  port:", "  port:\n    itemsToParse: .x\n    itemsToParseTopLevelTransform: false"},
	} {
		got := print(strings.Replace(base, other[0], other[1], 1))
		if same, ok := seen[got]; ok {
			t.Errorf("%s has the fingerprint of %s", name, same)
		}
		seen[got] = name
	}
}

func TestMapEndsWithItsContext(t *testing.T) {
	t.Parallel()
	r := resources(t, "- kind: project\n  port: {entity: {mappings: {identifier: .id, blueprint: '\"b\"'}}}")[0]
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	want := Result{Failures: []Failure{{Path: "port.entity.mappings", Err: "context canceled", Identity: true}}}
	if diff := cmp.Diff(want, r.Map(ctx, map[string]any{"id": "1"})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMapNothing(t *testing.T) {
	t.Parallel()
	r := resources(t, "- kind: project\n  port: {itemsToParse: '[1]', entity: {mappings: {identifier: .item, blueprint: '\"b\"'}}}")[0]
	if got := r.Map(t.Context(), nil); len(got.Entities) != 1 || got.Entities[0].Identifier != "1" {
		t.Errorf("%+v", got)
	}
}
