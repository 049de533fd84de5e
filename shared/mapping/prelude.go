package mapping

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/itchyny/gojq"
)

// preludeSource defines what jq 1.8 has and gojq has not. fromdate is replaced
// because gojq refuses the fractional seconds and Azure DevOps' zone-less times.
const preludeSource = `
def fromdateiso8601: adoport_fromdate;
def fromdate: adoport_fromdate;
def date: todate;
def dateadd(u; n): . + n;
def datesub(u; n): . - n;
def keys_unsorted: keys;
def leaf_paths: paths(scalars);
def toarray: if type == "array" then . else [.] end;
def isvalid(f): try (f | true) catch false;
def ascii: [.] | implode;
def pow10: exp10;
def have_literal_numbers: true;
def have_decnum: false;
.`

// Names that no expression can contain, so none can call or shadow them.
const (
	dateFunction = "\x00date"
	copyFunction = "\x00copy"
	failFunction = "\x00fail"
	passFunction = "\x00pass"
)

var prelude = sync.OnceValue(func() []*gojq.FuncDef {
	query, err := gojq.Parse(preludeSource)
	if err != nil {
		panic(err) // a constant
	}
	visitor{term: func(t *gojq.Term) bool {
		if t.Func != nil && t.Func.Name == "adoport_fromdate" {
			t.Func.Name = dateFunction
		}
		return true
	}}.walk(query)
	return query.FuncDefs
})

// compile makes a program of a query, with what it uses of the prelude.
func compile(q *gojq.Query) (*gojq.Code, error) {
	called := map[string]bool{}
	visitor{term: func(t *gojq.Term) bool {
		if t.Func != nil {
			called[t.Func.Name] = true
		}
		return true
	}}.walk(q)
	var used []*gojq.FuncDef
	for _, f := range prelude() {
		if called[f.Name] {
			used = append(used, f)
		}
	}
	program := &gojq.Query{FuncDefs: used, Term: &gojq.Term{Type: gojq.TermTypeQuery, Query: q}}
	return gojq.Compile(program,
		gojq.WithFunction(dateFunction, 0, 0, fromDate),
		gojq.WithFunction(copyFunction, 0, 0, func(v any, _ []any) any { return deepCopy(v) }),
		gojq.WithFunction(failFunction, 0, 0, func(v any, _ []any) any { return failed{errorText(v)} }),
		gojq.WithFunction(passFunction, 0, 0, func(v any, _ []any) any { return v == true }),
	)
}

// dateLayouts are RFC 3339, the same with an offset without a colon, and a
// time without a zone, which Azure DevOps means as UTC. All take a fraction.
var dateLayouts = []string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05"}

// fromDate gives the seconds since 1970 of an ISO 8601 text: an int, or a
// float64 if there is a fraction.
func fromDate(v any, _ []any) any {
	text, ok := v.(string)
	if !ok {
		return fmt.Errorf("fromdate needs a text, not %s", typeOf(v))
	}
	for _, layout := range dateLayouts {
		t, err := time.Parse(layout, strings.TrimSpace(text))
		if err != nil {
			continue
		}
		if t.Nanosecond() == 0 {
			return int(t.Unix())
		}
		return float64(t.UnixMicro()) / 1e6
	}
	return fmt.Errorf("fromdate: %q is not an ISO 8601 date and time", clip(text))
}
