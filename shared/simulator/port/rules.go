package port

import (
	"fmt"
	"iter"
	"slices"
	"strings"
)

// query is a compiled search query.
type query struct {
	match func(row) bool
	// only are the identifiers that can match, nil if any can.
	only map[string]bool
}

// row is an entity that a rule looks at.
type row struct {
	store  *store
	shelf  *shelf
	record *record
}

var everything = &query{match: func(row) bool { return true }}

// matches yields the matching entities of a blueprint in order of identifiers,
// beginning after one.
func (s *store) matches(sh *shelf, q *query, after string) iter.Seq[*record] {
	return func(yield func(*record) bool) {
		for r := range s.candidates(sh, q, after) {
			if q.match(row{store: s, shelf: sh, record: r}) && !yield(r) {
				return
			}
		}
	}
}

// candidates looks named identifiers up; it scans only if none are named.
func (s *store) candidates(sh *shelf, q *query, after string) iter.Seq[*record] {
	if q.only == nil {
		return sh.order.after(after)
	}
	var found []*record
	for id := range q.only {
		if r := sh.records[id]; r != nil && id > after {
			found = append(found, r)
		}
	}
	slices.SortFunc(found, func(a, b *record) int { return strings.Compare(a.id, b.id) })
	return slices.Values(found)
}

// compile reads a query {combinator, rules} (docs/search-and-query).
func (s *store) compile(v any) (*query, error) {
	body, ok := v.(map[string]any)
	if !ok {
		return nil, invalid("\"query\" must be object")
	}
	combinator, ok := body["combinator"]
	if !ok {
		return nil, invalid("\"query\" must have required property 'combinator'")
	}
	if combinator != "and" && combinator != "or" {
		return nil, invalid("\"query/combinator\" must be equal to one of the allowed values [and or], not %v", combinator)
	}
	rules, ok := body["rules"].([]any)
	if !ok {
		return nil, invalid("\"query\" must have required property 'rules', an array")
	}
	parts := make([]*query, 0, len(rules))
	for i, r := range rules {
		q, err := s.compileRule(r)
		if err != nil {
			return nil, within(fmt.Sprintf("\"query/rules/%d\"", i), err)
		}
		parts = append(parts, q)
	}
	switch {
	case len(parts) == 0:
		return everything, nil
	case combinator == "and":
		return allOf(parts), nil
	default:
		return anyOf(parts), nil
	}
}

func (s *store) compileRule(v any) (*query, error) {
	rule, ok := v.(map[string]any)
	if !ok {
		return nil, invalid("must be object")
	}
	if _, nested := rule["combinator"]; nested {
		return s.compile(rule)
	}
	name, ok := rule["operator"].(string)
	if !ok {
		return nil, invalid("must have required property 'operator'")
	}
	if name == "relatedTo" {
		return s.compileRelatedTo(rule)
	}
	property, ok := rule["property"].(string)
	if !ok || property == "" {
		return nil, invalid("must have required property 'property', a string")
	}
	get, err := getter(property)
	if err != nil {
		return nil, err
	}
	build, known := operators[name]
	if !known {
		return nil, invalid("operator %q is not known", name)
	}
	holds, err := build(operand{value: rule["value"], now: s.options.Now})
	if err != nil {
		return nil, within("operator "+name, err)
	}
	return &query{
		match: func(r row) bool { return holds(get(r)) },
		only:  named(property, name, rule["value"]),
	}, nil
}

// named returns the identifiers that a rule on $identifier names.
func named(property, operator string, value any) map[string]bool {
	if property != "$identifier" || operator != "=" && operator != "in" {
		return nil
	}
	only := map[string]bool{}
	for _, v := range asList(value) {
		if id, ok := v.(string); ok {
			only[id] = true
		}
	}
	return only
}

func allOf(parts []*query) *query {
	all := &query{match: func(r row) bool {
		for _, p := range parts {
			if !p.match(r) {
				return false
			}
		}
		return true
	}}
	// Every part must match, so the smallest set of candidates is enough.
	for _, p := range parts {
		if p.only != nil && (all.only == nil || len(p.only) < len(all.only)) {
			all.only = p.only
		}
	}
	return all
}

func anyOf(parts []*query) *query {
	some := &query{match: func(r row) bool {
		return slices.ContainsFunc(parts, func(p *query) bool { return p.match(r) })
	}}
	only := map[string]bool{}
	for _, p := range parts {
		if p.only == nil {
			return some
		}
		for id := range p.only {
			only[id] = true
		}
	}
	some.only = only
	return some
}

// getter returns how a rule's property is read: nil is a property without a
// value.
func getter(property string) (func(row) any, error) {
	switch property {
	case "$identifier":
		return func(r row) any { return r.record.id }, nil
	case "$blueprint":
		return func(r row) any { return r.shelf.id }, nil
	case "$datasource":
		return func(r row) any { return r.store.people.list[r.record.source] }, nil
	case "$createdAt":
		return func(r row) any { return formatMillis(r.record.created) }, nil
	case "$updatedAt":
		return func(r row) any { return formatMillis(r.record.updated) }, nil
	case "$createdBy":
		return func(r row) any { return r.store.people.list[r.record.createdBy] }, nil
	case "$updatedBy":
		return func(r row) any { return r.store.people.list[r.record.updatedBy] }, nil
	case "$title", "$team", "$icon":
		return stored(property[1:]), nil
	}
	if strings.HasPrefix(property, "$") {
		return nil, invalid("property %q is not a meta-property", property)
	}
	return stored(propertyPrefix + property), nil
}

func stored(field string) func(row) any {
	return func(r row) any {
		raw := r.store.names.lookup(r.record.body, field)
		if raw == "" {
			return nil
		}
		return decodeValue(raw)
	}
}
