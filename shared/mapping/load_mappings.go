package mapping

import "fmt"

// mappings are the fields of the entity that an item becomes.
type mappings struct {
	blueprint  *expression
	identifier template
	// meta holds title, icon and team as far as they are mapped.
	meta       objectTemplate
	properties objectTemplate
	relations  objectTemplate
}

// mappings reads one mappings object; prefix begins its paths.
func (l *loader) mappings(n *node, prefix string) *mappings {
	m := &mappings{}
	if !l.object(n, prefix+"mappings", mappingsKeys) {
		return m
	}
	for _, p := range n.pairs {
		path := prefix + p.key.text
		switch p.key.text {
		case "blueprint":
			m.blueprint = l.expression(p.value, path)
			l.constantText(p.value, m.blueprint)
		case "identifier":
			m.identifier = l.expressionOrSearch(p.value, path)
			l.constantText(p.value, m.identifier)
		case "title", "icon":
			m.meta = append(m.meta, field{p.key.text, l.leaf(p.value, path)})
		case "team":
			m.meta = append(m.meta, field{p.key.text, l.relation(p.value, path)})
		case "properties":
			m.properties = l.fields(p.value, path, l.value)
		case "relations":
			m.relations = l.fields(p.value, path, l.relation)
		}
	}
	return m
}

// constantText refuses a literal that no blueprint or entity can be called.
func (l *loader) constantText(n *node, t template) {
	e, ok := t.(*expression)
	if !ok || e == nil || !e.constant {
		return
	}
	if text, ok := e.value.(string); !ok || text == "" {
		l.problem(n, "%s is always %s, it must give a text", e.path, typeOf(e.value))
	}
}

// fields reads an object of properties or relations.
func (l *loader) fields(n *node, path string, read func(*node, string) template) objectTemplate {
	if n.kind == nullNode && n.text == "" {
		return nil // a key whose entries are all commented out
	}
	if !l.isObject(n, path) {
		return nil
	}
	o := make(objectTemplate, 0, len(n.pairs))
	for _, p := range n.pairs {
		o = append(o, field{p.key.text, read(p.value, path+"."+p.key.text)})
	}
	return o
}

// leaf reads an expression. It is never nil: after a problem it is of no use,
// yet callers go on with it.
func (l *loader) leaf(n *node, path string) template {
	if e := l.expression(n, path); e != nil {
		return e
	}
	return constantTemplate("")
}

// value reads an expression, or an object or list of values.
func (l *loader) value(n *node, path string) template {
	switch n.kind {
	case objectNode:
		return l.fields(n, path, l.value)
	case listNode:
		return l.list(n, path, l.value)
	default:
		return l.leaf(n, path)
	}
}

func (l *loader) list(n *node, path string, read func(*node, string) template) template {
	list := make(listTemplate, len(n.items))
	for i, item := range n.items {
		list[i] = read(item, fmt.Sprintf("%s[%d]", path, i))
	}
	return list
}

// relation reads an expression, a list of them, or a search.
func (l *loader) relation(n *node, path string) template {
	if n.kind == listNode {
		return l.list(n, path, l.leaf)
	}
	return l.expressionOrSearch(n, path)
}

func (l *loader) expressionOrSearch(n *node, path string) template {
	if n.kind == objectNode {
		return l.search(n, path)
	}
	return l.leaf(n, path)
}
