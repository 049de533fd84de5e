package port

// related is a relatedTo rule: the entities of a blueprint, and which way the
// relation goes.
type related struct {
	blueprint string
	ids       map[string]bool
	// up and down say whether to match what the named entities refer to, and
	// what refers to them. The default is both.
	up, down bool
	// required, if given, is what the relation must be.
	required *bool
}

func (s *store) compileRelatedTo(rule map[string]any) (*query, error) {
	rel := related{ids: map[string]bool{}, up: true, down: true}
	blueprint, ok := rule["blueprint"].(string)
	if !ok {
		return nil, invalid("relatedTo must have required property 'blueprint', a string")
	}
	rel.blueprint = blueprint
	values := asList(rule["value"])
	if len(values) == 0 {
		return nil, invalid("relatedTo must have required property 'value', an identifier or an array of them")
	}
	for _, v := range values {
		id, isString := v.(string)
		if !isString {
			return nil, invalid("relatedTo value must be string or array of strings")
		}
		rel.ids[id] = true
	}
	switch rule["direction"] {
	case nil:
	case "upstream":
		rel.down = false
	case "downstream":
		rel.up = false
	default:
		return nil, invalid("relatedTo direction must be upstream or downstream, not %v", rule["direction"])
	}
	if required, given := rule["required"]; given {
		b, isBool := required.(bool)
		if !isBool {
			return nil, invalid("relatedTo required must be boolean")
		}
		rel.required = &b
	}
	upstream := s.upstream(&rel)
	return &query{match: func(r row) bool {
		return upstream[r.record] || rel.down && rel.refers(r)
	}}, nil
}

// upstream returns the entities that the named ones refer to.
func (s *store) upstream(rel *related) map[*record]bool {
	found := map[*record]bool{}
	sh := s.shelves[rel.blueprint]
	if sh == nil || !rel.up {
		return found
	}
	for id := range rel.ids {
		r := sh.records[id]
		if r == nil {
			continue
		}
		for target := range s.targets(sh, rel.keep(sh, s.relationsOf(r))) {
			found[target] = true
		}
	}
	return found
}

// refers reports whether an entity refers to a named one.
func (rel *related) refers(r row) bool {
	for name, value := range rel.keep(r.shelf, r.store.relationsOf(r.record)) {
		_, key := group(name)
		if r.shelf.def.Relations[key].Target != rel.blueprint {
			continue
		}
		for _, v := range asList(value) {
			if id, ok := v.(string); ok && rel.ids[id] {
				return true
			}
		}
	}
	return false
}

// keep returns the relations that are required or not, as the rule asks.
func (rel *related) keep(sh *shelf, relations fieldset) fieldset {
	if rel.required == nil {
		return relations
	}
	kept := fieldset{}
	for name, value := range relations {
		if _, key := group(name); sh.def.Relations[key].Required == *rel.required {
			kept[name] = value
		}
	}
	return kept
}
