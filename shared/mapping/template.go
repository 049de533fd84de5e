package mapping

import (
	"maps"
	"strconv"
)

// template is the shape of a value, with expressions for leaves.
type template interface {
	// fill makes the value. Expressions that failed give nil and are recorded.
	fill(f *filling) any
	// each visits the expressions in the order of the file.
	each(visit func(*expression))
	// meaning is the same for all ways to write the same template.
	meaning() any
}

// filling is one evaluation of a resource's program on one item.
type filling struct {
	values   []any
	failures []Failure
}

// value is what an expression gave, nil if it failed.
func (f *filling) value(e *expression) any {
	if e.constant {
		return e.value
	}
	v := f.values[e.slot]
	if failure, ok := v.(failed); ok {
		f.fail(e, failure.message)
		return nil
	}
	n, err := normalized(v)
	if err != nil {
		f.fail(e, err.Error())
		return nil
	}
	return n
}

func (f *filling) fail(e *expression, message string) {
	f.failures = append(f.failures, Failure{Path: e.path, Expression: e.source, Err: message})
}

func (e *expression) fill(f *filling) any { return f.value(e) }

func (e *expression) each(visit func(*expression)) { visit(e) }

func (e *expression) meaning() any {
	if e == nil {
		return nil
	}
	return e.canonical
}

// listTemplate is a list of templates.
type listTemplate []template

func (l listTemplate) fill(f *filling) any {
	list := make([]any, len(l))
	for i, t := range l {
		list[i] = t.fill(f)
	}
	return list
}

func (l listTemplate) each(visit func(*expression)) {
	for _, t := range l {
		t.each(visit)
	}
}

func (l listTemplate) meaning() any {
	list := make([]any, len(l))
	for i, t := range l {
		list[i] = t.meaning()
	}
	return list
}

// field is a named part of an object.
type field struct {
	name  string
	value template
}

// objectTemplate is an object of templates.
type objectTemplate []field

func (o objectTemplate) fill(f *filling) any { return o.object(f) }

func (o objectTemplate) object(f *filling) map[string]any {
	object := make(map[string]any, len(o))
	for _, part := range o {
		object[part.name] = part.value.fill(f)
	}
	return object
}

func (o objectTemplate) each(visit func(*expression)) {
	for _, part := range o {
		part.value.each(visit)
	}
}

func (o objectTemplate) meaning() any {
	object := make(map[string]any, len(o))
	for _, part := range o {
		object[part.name] = part.value.meaning()
	}
	return object
}

// constantTemplate is a bare word of a search.
type constantTemplate string

func (c constantTemplate) fill(*filling) any { return string(c) }

func (constantTemplate) each(func(*expression)) {}

// meaning is that of the jq literal of the word.
func (c constantTemplate) meaning() any { return strconv.Quote(string(c)) }

// searchTemplate is a search object {combinator, rules}.
type searchTemplate struct {
	combinator template
	rules      []template
}

// fill gives nil if any part is nil: a search for nothing would not mean no
// entity but any.
func (s *searchTemplate) fill(f *filling) any {
	combinator := s.combinator.fill(f)
	rules, complete := make([]any, len(s.rules)), combinator != nil
	for i, r := range s.rules {
		rules[i] = r.fill(f)
		complete = complete && rules[i] != nil
	}
	if !complete {
		return nil
	}
	return map[string]any{"combinator": combinator, "rules": rules}
}

func (s *searchTemplate) each(visit func(*expression)) {
	s.combinator.each(visit)
	for _, r := range s.rules {
		r.each(visit)
	}
}

func (s *searchTemplate) meaning() any {
	return map[string]any{"combinator": s.combinator.meaning(), "rules": listTemplate(s.rules).meaning()}
}

// ruleTemplate is one rule of a search.
type ruleTemplate struct{ objectTemplate }

func (r *ruleTemplate) fill(f *filling) any {
	rule := r.object(f)
	for v := range maps.Values(rule) {
		if v == nil {
			return nil
		}
	}
	return rule
}
