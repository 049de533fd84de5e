package mapping

import (
	"fmt"
	"slices"
	"strings"

	"github.com/itchyny/gojq"
)

// resource reads one resource, nil if it is not even an object.
func (l *loader) resource(n *node) *Resource {
	if !l.object(n, "the resource", resourceKeys) {
		return nil
	}
	r := &Resource{position: fmt.Sprintf("%s:%d:%d", l.file, n.line, n.column), elementName: "item"}
	before := len(l.problems)
	kind := l.kind(n.get("kind"))
	if kind != nil {
		r.Kind, r.onDemand = kind.Name, kind.OnDemand
	}
	l.selector(r, n.get("selector"), kind)
	l.port(r, n.get("port"))
	if len(l.problems) > before {
		return r
	}
	if !r.complete() {
		// What is wrong with the YAML of a part was told when it was read.
		if len(l.problems) == 0 {
			l.problem(n, "the resource cannot be read")
		}
		return r
	}
	if err := r.compile(); err != nil {
		l.problem(n, "the resource cannot be compiled: %v", err)
	}
	return r
}

// complete reports whether every mapping says which entity it makes.
func (r *Resource) complete() bool {
	return len(r.mappings) > 0 && !slices.ContainsFunc(r.mappings, func(m *mappings) bool {
		return m.identifier == nil || m.blueprint == nil
	})
}

func (l *loader) port(r *Resource, n *node) {
	if n == nil || !l.object(n, "port", portKeys) {
		return
	}
	l.itemsToParse(r, n)
	entity := n.get("entity")
	if entity == nil || !l.object(entity, "port.entity", entityKeys) {
		return
	}
	switch mappings := entity.get("mappings"); {
	case mappings == nil:
	case mappings.kind == listNode:
		if len(mappings.items) == 0 {
			l.problem(mappings, "mappings is an empty list: nothing would be ingested")
		}
		for i, m := range mappings.items {
			r.mappings = append(r.mappings, l.mappings(m, fmt.Sprintf("mappings[%d].", i)))
		}
	default:
		r.mappings = append(r.mappings, l.mappings(mappings, ""))
	}
}

func (l *loader) itemsToParse(r *Resource, n *node) {
	drop := l.flag(n.get("itemsToParseTopLevelTransform"), "itemsToParseTopLevelTransform", true)
	if name := n.get("itemsToParseName"); name != nil {
		if name.kind != textNode || strings.TrimSpace(name.text) == "" {
			l.problem(name, "itemsToParseName is %s, it must be a name", name.describe())
		}
		r.elementName = name.text
	}
	items := n.get("itemsToParse")
	if items == nil || items.kind == nullNode {
		return
	}
	r.items = l.expression(items, "port.itemsToParse")
	if r.items != nil && drop {
		r.elementsPath = pathOf(r.items.query)
	}
}

// pathOf returns the keys of a program that is a plain path such as .a."b c",
// or such a path with an alternative (.a // []); nil for any other.
func pathOf(q *gojq.Query) []string {
	if q.Op == gojq.OpAlt {
		q = q.Left
	}
	if q.Term == nil || len(q.FuncDefs) > 0 {
		return nil
	}
	t := q.Term
	if t.Type == gojq.TermTypeQuery && len(t.SuffixList) == 0 {
		return pathOf(t.Query)
	}
	if t.Type != gojq.TermTypeIndex {
		return nil
	}
	indexes := []*gojq.Index{t.Index}
	for _, s := range t.SuffixList {
		if s.Index != nil {
			indexes = append(indexes, s.Index)
		} else if !s.Optional {
			return nil
		}
	}
	path := make([]string, len(indexes))
	for i, index := range indexes {
		key, ok := keyOf(index)
		if !ok {
			return nil
		}
		path[i] = key
	}
	return path
}

// keyOf is the key of .name, ."name" or ["name"].
func keyOf(i *gojq.Index) (string, bool) {
	switch {
	case i.Name != "":
		return i.Name, true
	case i.Str != nil:
		return i.Str.Str, i.Str.Queries == nil
	case i.IsSlice:
		return "", false
	}
	if s := stringOf(i.Start); s != nil {
		return *s, true
	}
	return "", false
}

// compile makes the programs of a resource without problems.
func (r *Resource) compile() error {
	var all []*expression
	gate := r.selector
	if gate != nil && gate.constant {
		gate = nil
	}
	if gate != nil {
		gate.slot = 0
	}
	r.each(func(e *expression) {
		for _, name := range r.onDemand {
			if e.words[name] && !slices.Contains(r.mentioned, name) {
				r.mentioned = append(r.mentioned, name)
			}
		}
		if e == r.selector || e == r.items || e.constant {
			return
		}
		all = append(all, e)
		e.slot = len(all) - 1
		if gate != nil {
			e.slot++
		}
	})
	var err error
	if r.program, err = newProgram(gate, all); err != nil {
		return err
	}
	if r.items != nil {
		if r.itemsProgram, err = newProgram(nil, []*expression{r.items}); err != nil {
			return err
		}
	}
	r.identity, err = newIdentity(r)
	return err
}
