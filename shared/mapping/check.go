package mapping

import (
	"fmt"
	"slices"

	"github.com/itchyny/gojq"

	"adoport/shared/nearword"
)

// refused are functions and variables that have no meaning here, with the
// reason.
var refused = map[string]string{
	"input":             "an expression sees one item only",
	"inputs":            "an expression sees one item only",
	"input_filename":    "an expression sees one item only",
	"input_line_number": "an expression sees one item only",
	"halt":              "an expression cannot stop the run",
	"halt_error":        "an expression cannot stop the run, use error",
	"debug":             "an expression writes nothing, use the command mapping explain",
	"stderr":            "an expression writes nothing, use the command mapping explain",
	"modulemeta":        "there are no modules",
	"get_search_list":   "there are no modules",
	"import":            "there are no modules",
	"include":           "there are no modules",
	"module":            "there are no modules",
	"env":               "environment variables are never given to expressions",
	"$ENV":              "environment variables are never given to expressions",
	"$__loc__":          "an expression has no place of its own",
	"$__prog_args":      "there are no arguments",
}

// formats are what may follow an @ (gojq, compiler.go).
var formats = []string{"@text", "@json", "@html", "@uri", "@urid", "@csv", "@tsv", "@sh", "@base64", "@base64d"}

// checker finds what parses and would fail on every item. The tree has no
// positions, so the words of the expression give them.
type checker struct {
	scan     *scanner
	used     map[int]bool
	mistakes []mistake
}

func check(q *gojq.Query, s *scanner) []mistake {
	c := &checker{scan: s, used: map[int]bool{}}
	c.modules(q)
	visitor{term: c.term, query: c.modules}.walk(q)
	slices.SortStableFunc(c.mistakes, func(a, b mistake) int { return a.offset - b.offset })
	return slices.Compact(c.mistakes)
}

func (c *checker) modules(q *gojq.Query) {
	if q.Meta != nil {
		c.refuse("module")
	}
	for _, i := range q.Imports {
		if i.IncludePath != "" {
			c.refuse("include")
		} else {
			c.refuse("import")
		}
	}
}

func (c *checker) term(t *gojq.Term) bool {
	if f := t.Func; f != nil {
		if _, ok := refused[f.Name]; ok {
			c.refuse(f.Name)
		}
		c.regex(f)
	}
	if t.Format != "" && !slices.Contains(formats, t.Format) {
		c.add(c.find(formatWord, t.Format), fmt.Sprintf("jq: the format %s is not available (%s)", t.Format, nearword.Suggestion(t.Format, formats)))
	}
	if t.Object != nil {
		for _, kv := range t.Object.KeyVals {
			// {$ENV} is short for {ENV: $ENV}.
			if _, ok := refused[kv.Key]; ok && kv.Key[0] == '$' {
				c.refuse(kv.Key)
			}
		}
	}
	return true
}

func (c *checker) refuse(name string) {
	kind := nameWord
	if name[0] == '$' {
		kind = variableWord
	}
	c.add(c.find(kind, name), fmt.Sprintf("jq: %s is not available: %s", name, refused[name]))
}

// find returns the offset of the next word that was not found yet, 0 if there
// is none.
func (c *checker) find(kind wordKind, text string) int {
	for _, w := range c.scan.words {
		if w.kind == kind && w.text == text && !c.used[w.start] {
			c.used[w.start] = true
			return w.start
		}
	}
	return 0
}

func (c *checker) add(offset int, message string) {
	c.mistakes = append(c.mistakes, mistake{offset, message})
}
