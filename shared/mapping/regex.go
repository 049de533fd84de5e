package mapping

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/itchyny/gojq"
)

// regexFunctions take a regular expression first; the value is the index of
// their flags, by number of arguments. split/1 takes a plain text.
var regexFunctions = map[string]map[int]int{
	"test":    {1: -1, 2: 1},
	"match":   {1: -1, 2: 1},
	"capture": {1: -1, 2: 1},
	"scan":    {1: -1, 2: 1},
	"split":   {2: 1},
	"splits":  {1: -1, 2: 1},
	"sub":     {2: -1, 3: 2},
	"gsub":    {2: -1, 3: 2},
}

// regex checks the literals of a call. jq has Oniguruma, gojq has RE2, which
// has no look-around and no back-references and says so only when it runs.
func (c *checker) regex(f *gojq.Func) {
	flagsAt, ok := regexFunctions[f.Name][len(f.Args)]
	if !ok {
		return
	}
	pattern, flags := c.patternOf(f, flagsAt)
	if flags != nil {
		if bad := strings.Trim(*flags, "gimxnslp"); bad != "" || strings.ContainsAny(*flags, "xnslp") {
			c.add(c.find(stringWord, *flags), fmt.Sprintf("jq: the flags %q of %s are not supported, only g, i and m are", *flags, f.Name))
		}
	}
	if pattern == nil {
		return
	}
	if _, err := regexp.Compile(*pattern); err != nil {
		c.add(c.find(stringWord, *pattern), "jq: "+explainRegex(err))
	}
}

// patternOf returns the literal pattern and flags of a call, which test, match
// and capture also take as one array.
func (c *checker) patternOf(f *gojq.Func, flagsAt int) (pattern, flags *string) {
	pattern = stringOf(f.Args[0])
	if flagsAt > 0 {
		flags = stringOf(f.Args[flagsAt])
	}
	t := f.Args[0].Term
	if t == nil || t.Array == nil || t.Array.Query == nil || len(f.Args) != 1 {
		return pattern, flags
	}
	if q := t.Array.Query; q.Op == gojq.OpComma {
		return stringOf(q.Left), stringOf(q.Right)
	}
	return stringOf(t.Array.Query), nil
}

func stringOf(q *gojq.Query) *string {
	if value, ok := literal(q); ok {
		if s, ok := value.(string); ok {
			return &s
		}
	}
	return nil
}

func explainRegex(err error) string {
	var e *syntax.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	what := fmt.Sprintf("the regular expression is wrong at %q: %s", clip(e.Expr), e.Code)
	switch {
	case e.Code == syntax.ErrInvalidEscape && len(e.Expr) == 2 && '1' <= e.Expr[1] && e.Expr[1] <= '9',
		e.Code == syntax.ErrInvalidEscape && strings.HasPrefix(e.Expr, `\k`):
		what = fmt.Sprintf("the regular expression has a back-reference (%s), which is not supported (RE2 syntax): use capture", e.Expr)
	case isLookAround(e.Expr):
		what = fmt.Sprintf("the regular expression has a look-around (%s…), which is not supported (RE2 syntax): match more and cut it off, or use several steps", lookAround.FindString(e.Expr))
	}
	return what
}

var lookAround = regexp.MustCompile(`^\(\?<?[=!]`)

func isLookAround(s string) bool { return lookAround.MatchString(s) }
