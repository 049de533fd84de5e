package mapping

import "github.com/itchyny/gojq"

// visitor sees the nodes of a jq program in the order in which they are
// written. Both functions may be nil.
type visitor struct {
	// term reports whether to go on below the term, which it may change.
	term func(*gojq.Term) bool
	// query sees every query before its parts.
	query func(*gojq.Query)
}

func (v visitor) walk(q *gojq.Query) {
	if q == nil {
		return
	}
	if v.query != nil {
		v.query(q)
	}
	for _, f := range q.FuncDefs {
		v.walk(f.Body)
	}
	v.walkTerm(q.Term)
	v.walk(q.Left)
	v.walkPatterns(q.Patterns)
	v.walk(q.Right)
}

func (v visitor) walkTerm(t *gojq.Term) {
	if t == nil || v.term != nil && !v.term(t) {
		return
	}
	v.walkIndex(t.Index)
	if t.Func != nil {
		for _, a := range t.Func.Args {
			v.walk(a)
		}
	}
	if t.Object != nil {
		for _, kv := range t.Object.KeyVals {
			v.walkString(kv.KeyString)
			v.walk(kv.KeyQuery)
			v.walk(kv.Val)
		}
	}
	if t.Array != nil {
		v.walk(t.Array.Query)
	}
	if t.Unary != nil {
		v.walkTerm(t.Unary.Term)
	}
	v.walkString(t.Str)
	v.walkControl(t)
	v.walk(t.Query)
	for _, s := range t.SuffixList {
		v.walkIndex(s.Index)
	}
}

func (v visitor) walkControl(t *gojq.Term) {
	if c := t.If; c != nil {
		v.walk(c.Cond)
		v.walk(c.Then)
		for _, e := range c.Elif {
			v.walk(e.Cond)
			v.walk(e.Then)
		}
		v.walk(c.Else)
	}
	if c := t.Try; c != nil {
		v.walk(c.Body)
		v.walk(c.Catch)
	}
	if c := t.Reduce; c != nil {
		v.walk(c.Query)
		v.walkPatterns(c.Patterns)
		v.walk(c.Start)
		v.walk(c.Update)
	}
	if c := t.Foreach; c != nil {
		v.walk(c.Query)
		v.walkPatterns(c.Patterns)
		v.walk(c.Start)
		v.walk(c.Update)
		v.walk(c.Extract)
	}
	if t.Label != nil {
		v.walk(t.Label.Body)
	}
}

func (v visitor) walkIndex(i *gojq.Index) {
	if i != nil {
		v.walkString(i.Str)
		v.walk(i.Start)
		v.walk(i.End)
	}
}

func (v visitor) walkString(s *gojq.String) {
	if s != nil {
		for _, q := range s.Queries {
			v.walk(q)
		}
	}
}

func (v visitor) walkPatterns(patterns []*gojq.Pattern) {
	for _, p := range patterns {
		v.walkPatterns(p.Array)
		for _, o := range p.Object {
			v.walkString(o.KeyString)
			v.walk(o.KeyQuery)
			if o.Val != nil {
				v.walkPatterns([]*gojq.Pattern{o.Val})
			}
		}
	}
}
