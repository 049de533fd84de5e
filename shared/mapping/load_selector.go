package mapping

import (
	"slices"
	"strings"

	"adoport/shared/nearword"
)

// selector reads the selector of a resource; n is nil if there is none, kind if
// it is not known.
func (l *loader) selector(r *Resource, n *node, kind *Kind) {
	r.Options = map[string]any{}
	var options []Option
	if kind != nil {
		options = kind.Options
	}
	names := make([]string, 0, len(options))
	for _, o := range options {
		names = append(names, o.Name)
		if o.Default != nil {
			r.Options[o.Name] = o.Default
		}
	}
	if n == nil || !l.isObject(n, "selector") {
		return
	}
	if kind != nil {
		l.object(n, "the selector of "+kind.Name, selectorKeys.with(names...))
	}
	if query := n.get("query"); query != nil {
		r.selector = l.expression(query, "selector.query")
		l.constantSelector(query, r.selector)
	}
	if env := n.get("exportEnvVariables"); env != nil && l.flag(env, "exportEnvVariables", false) {
		l.problem(env, "exportEnvVariables must be false: environment variables are never given to expressions")
	}
	for _, o := range options {
		if value := n.get(o.Name); value != nil {
			l.option(r, o, value)
		}
	}
}

// constantSelector refuses a literal that is neither true nor false.
func (l *loader) constantSelector(n *node, e *expression) {
	if e == nil || !e.constant {
		return
	}
	if _, ok := e.value.(bool); !ok {
		l.problem(n, "%s is always %s, it must give true or false", e.path, typeOf(e.value))
	}
}

func (l *loader) option(r *Resource, o Option, n *node) {
	path := "selector." + o.Name
	switch o.Type {
	case Bool:
		r.Options[o.Name] = l.flag(n, path, false)
	case Strings:
		if texts := l.texts(n, path); texts != nil {
			r.Options[o.Name] = texts
		}
	case Enum:
		if n.kind != textNode && n.kind != boolNode && n.kind != nullNode || !slices.Contains(o.Values, n.text) {
			l.problem(n, "%s is %s, it must be %s%s", path, n.describe(), quoted(o.Values), meant(n.text, o.Values))
			return
		}
		r.Options[o.Name] = n.text
	default:
		if n.kind != textNode {
			l.problem(n, "%s is %s, it must be a text", path, n.describe())
			return
		}
		r.Options[o.Name] = strings.TrimSpace(n.text)
	}
}

// texts reads a list of texts; one text is a list of one.
func (l *loader) texts(n *node, path string) []string {
	items := []*node{n}
	if n.kind == listNode {
		items = n.items
	}
	texts := make([]string, 0, len(items))
	for _, i := range items {
		if i.kind != textNode {
			l.problem(i, "%s is %s, it must be a list of texts", path, n.describe())
			return nil
		}
		texts = append(texts, i.text)
	}
	return texts
}

// meant adds the nearest word to a message that lists them all.
func meant(word string, words []string) string {
	if w := nearword.Find(word, words); w != "" {
		return " (did you mean \"" + w + "\"?)"
	}
	return ""
}
