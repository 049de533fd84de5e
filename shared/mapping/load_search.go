package mapping

import (
	"fmt"
	"slices"
	"strings"

	"adoport/shared/nearword"
)

// The words of Port's search rules (docs/search-and-query).
var (
	combinators = []string{"and", "or"}
	operators   = []string{
		"=", "!=", ">", ">=", "<", "<=", "contains", "doesNotContains", "beginsWith", "doesNotBeginsWith",
		"endsWith", "doesNotEndsWith", "in", "notIn", "containsAny", "isEmpty", "isNotEmpty", "between",
		"notBetween", "relatedTo",
	}
	metaProperties = []string{
		"$identifier", "$title", "$blueprint", "$team", "$datasource", "$createdAt", "$updatedAt", "$icon",
		"$createdBy", "$updatedBy",
	}
	// withoutValue are the operators that compare with nothing.
	withoutValue = []string{"isEmpty", "isNotEmpty"}
)

// search reads a search object.
func (l *loader) search(n *node, path string) template {
	s := &searchTemplate{combinator: constantTemplate("")}
	if !l.object(n, path, searchKeys) {
		return s
	}
	if combinator := n.get("combinator"); combinator != nil {
		s.combinator = l.word(combinator, path+".combinator", combinators, true)
	}
	rules := n.get("rules")
	switch {
	case rules == nil:
		return s
	case rules.kind != listNode:
		l.problem(rules, "%s.rules is %s, it must be a list (- property: …)", path, rules.describe())
	case len(rules.items) == 0:
		l.problem(rules, "%s.rules is empty: the search would find any entity", path)
	}
	for i, r := range rules.items {
		s.rules = append(s.rules, l.rule(r, fmt.Sprintf("%s.rules[%d]", path, i)))
	}
	return s
}

// rule reads a rule, or a search in its place.
func (l *loader) rule(n *node, path string) template {
	if n.kind == objectNode && (n.get("rules") != nil || n.get("combinator") != nil) {
		return l.search(n, path)
	}
	r := &ruleTemplate{}
	if !l.object(n, path, ruleKeys) {
		return r
	}
	if property := n.get("property"); property != nil {
		r.objectTemplate = append(r.objectTemplate, field{"property", l.word(property, path+".property", metaProperties, false)})
	}
	var operator template
	if o := n.get("operator"); o != nil {
		operator = l.word(o, path+".operator", operators, true)
		r.objectTemplate = append(r.objectTemplate, field{"operator", operator})
	}
	if value := n.get("value"); value != nil {
		r.objectTemplate = append(r.objectTemplate, field{"value", l.value(value, path+".value")})
	} else if operator == nil || !slices.Contains(withoutValue, constantOf(operator)) {
		l.problem(n, "%s needs %q", path, "value")
	}
	return r
}

// word reads a bare word, or jq. If the words are all there are, a jq literal
// must be one of them.
func (l *loader) word(n *node, path string, known []string, all bool) template {
	bare := strings.TrimSpace(n.text)
	if n.kind == textNode && slices.Contains(known, bare) {
		return constantTemplate(bare)
	}
	before := len(l.problems)
	e := l.expression(n, path)
	if e == nil {
		if n.kind == textNode && (all || strings.HasPrefix(bare, "$")) {
			// As jq it is nonsense; it was meant to be a word.
			l.problems = l.problems[:before]
			l.problem(n, "%s is %s, it must be one of the words (%s)", path, n.describe(), nearword.Suggestion(bare, known))
		}
		return constantTemplate("")
	}
	if all && e.constant && !slices.Contains(known, constantOf(e)) {
		l.problem(n, "%s is %s, it must be one of the words (%s)", path, n.describe(), nearword.Suggestion(constantOf(e), known))
	}
	return e
}

// constantOf is the text of a template that is one, "" for any other.
func constantOf(t template) string {
	switch t := t.(type) {
	case constantTemplate:
		return string(t)
	case *expression:
		text, _ := t.value.(string)
		return text
	default:
		return ""
	}
}
