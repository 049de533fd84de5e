package port

import (
	"iter"
	"strings"
)

// targets yields the entity of every relation value of a fieldset, as often as
// it is named.
func (s *store) targets(sh *shelf, f fieldset) iter.Seq[*record] {
	return func(yield func(*record) bool) {
		for name, value := range f {
			key, isRelation := strings.CutPrefix(name, relationPrefix)
			if !isRelation {
				continue
			}
			for _, id := range asList(value) {
				target, _ := id.(string)
				if r := s.record(sh.def.Relations[key].Target, target); r != nil && !yield(r) {
					return
				}
			}
		}
	}
}

// targetsOf is targets for a stored entity; only its relations are decoded.
func (s *store) targetsOf(sh *shelf, r *record) iter.Seq[*record] {
	return s.targets(sh, s.relationsOf(r))
}

func (s *store) relationsOf(r *record) fieldset {
	f := fieldset{}
	for id, raw := range packedFields(r.body) {
		if name := s.names.list[id]; strings.HasPrefix(name, relationPrefix) {
			f[name] = decodeValue(raw)
		}
	}
	return f
}

// asList returns the elements of a list, a single value as one, nil as none.
func asList(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	default:
		return []any{v}
	}
}
