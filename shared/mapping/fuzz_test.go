package mapping

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"testdata/*.yaml", "testdata/bad/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Load("m.yaml", data, testKinds)
		if err == nil {
			if again, err := Load("m.yaml", data, testKinds); err != nil || again.Fingerprint() != c.Fingerprint() {
				t.Fatalf("loads differently: %v", err)
			}
			return
		}
		var problems Problems
		if !errors.As(err, &problems) || len(problems) == 0 {
			t.Fatalf("no problems: %v", err)
		}
		lines := strings.Count(string(data), "\n") + 1
		for _, p := range problems {
			if p.Line < 1 || p.Line > lines || p.Column < 1 || p.Message == "" {
				t.Errorf("%d lines, but %v", lines, p)
			}
		}
	})
}

// large are numbers that make jq allocate gigabytes without looking at its
// context: .[400000000] = 1.
var large = regexp.MustCompile(`[0-9]{5,}|[0-9][eE]`)

func FuzzExpression(f *testing.F) {
	for _, s := range []string{
		".id", `.fields."System.Title"`, `'a' + "\(.id)"`, "del(.a.b[0])", "[.. | numbers]", "repeat(1)",
		`.a.b |= map(. + 1)`, "{a: [1, {b: 2}]} | del(.a[1].b)", "reduce range(600) as $i (0; [.])",
		`label $out | 1, break $out`, "def f(x): x; f(.id)", ". as [$a, {b: $c}] ?// $a | $a", "try error catch .",
		`"a" | test("(?i)A")`, "nan, infinite", "@base64 \"x\\(.id)\"", "limit(3; repeat(.id))", "input", "$ENV",
		"(.d | fromdate), now", "'it's'", `path(..)`, "[splits(\", *\")]", "..|=empty", "walk(.)",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if large.MatchString(text) {
			t.Skip()
		}
		e, mistakes := parseExpression(text)
		if (e == nil) != (len(mistakes) > 0) {
			t.Fatalf("%v and %v", e, mistakes)
		}
		for _, m := range mistakes {
			if m.offset < 0 || m.offset > len(text) || m.message == "" {
				t.Fatalf("%+v", m)
			}
		}
		if e == nil {
			return
		}
		p, err := newProgram(nil, []*expression{e})
		if err != nil {
			t.Fatal(err)
		}
		const item = `{"id": "1", "a": {"b": [1, {"c": 2.5}], "d": {}}, "n": 9007199254740993, "d": "2024-03-01T12:00:00.5Z"}`
		input := decode(t, item)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		values, err := p.run(ctx, input)
		if diff := cmp.Diff(decode(t, item), input); diff != "" {
			t.Fatalf("the item was changed (-want +got):\n%s", diff)
		}
		if err != nil {
			if strings.Contains(err.Error(), "panic") {
				t.Fatal(err)
			}
			return
		}
		checkValue(t, values[0])
	})
}

func checkValue(t *testing.T, v any) {
	t.Helper()
	if _, ok := v.(failed); ok {
		return
	}
	n, err := normalized(v)
	if err != nil {
		return
	}
	if _, err := json.Marshal(n); err != nil {
		t.Fatal(err)
	}
}
