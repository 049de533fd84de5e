package mapping

import (
	"slices"

	"adoport/shared/nearword"
)

// ignored are keys of Port's integration that change nothing here, and why.
var ignored = []struct{ key, why string }{
	{"deleteDependentEntities", "dependents of a deleted entity are never deleted with it"},
	{"entityDeletionThreshold", "the setting PRUNE_MAX_PERCENT guards deletions"},
	{"specPath", "port.yml files in repositories are not read"},
	{"useDefaultBranch", "port.yml files in repositories are not read"},
	{"branch", "port.yml files in repositories are not read"},
}

func (l *loader) document(root *node) *Config {
	if !l.object(root, "the file", documentKeys) {
		return nil
	}
	c := &Config{
		CreateMissingRelated: l.flag(root.get("createMissingRelatedEntities"), "createMissingRelatedEntities", true),
		Merge:                l.flag(root.get("enableMergeEntity"), "enableMergeEntity", true),
	}
	for _, i := range ignored {
		if root.get(i.key) != nil {
			c.Notices = append(c.Notices, i.key+" has no effect: "+i.why+".")
		}
	}
	resources := root.get("resources")
	switch {
	case resources == nil:
		return nil // reported with the keys
	case resources.kind != listNode:
		l.problem(resources, "resources is %s, it must be a list (- kind: …)", resources.describe())
	case len(resources.items) == 0:
		l.problem(resources, "resources is empty: nothing would be ingested")
	}
	for _, n := range resources.items {
		if r := l.resource(n); r != nil {
			c.Resources = append(c.Resources, r)
		}
	}
	return c
}

// kind finds the kind of a resource, nil if it is not known.
func (l *loader) kind(n *node) *Kind {
	if n == nil {
		return nil // reported with the keys
	}
	if n.kind != textNode {
		l.problem(n, "kind is %s, it must be the name of a kind", n.describe())
		return nil
	}
	names := make([]string, len(l.kinds))
	for i := range l.kinds {
		if l.kinds[i].Name == n.text {
			return &l.kinds[i]
		}
		names[i] = l.kinds[i].Name
	}
	if slices.Contains(otherKinds, n.text) {
		l.problem(n, "kind %q is not ingested yet: remove the resource (available: %s)", n.text, quoted(names))
	} else {
		l.problem(n, "unknown kind %q (%s)", n.text, nearword.Suggestion(n.text, names))
	}
	return nil
}
