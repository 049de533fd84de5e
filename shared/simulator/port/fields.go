package port

import (
	"slices"
	"strings"
)

// metaFields are shown beside the stored fields, in this order.
var metaFields = []string{"identifier", "blueprint", "createdAt", "createdBy", "updatedAt", "updatedBy"}

// selection says which fields of an entity an answer shows.
type selection struct {
	include, exclude map[string]bool
}

// newSelection reads include and exclude: names like "title", "properties",
// "properties.x", "relations.y"; meta-properties with or without $.
func newSelection(include, exclude []string) (*selection, error) {
	sel := &selection{}
	var err error
	if sel.include, err = fieldNames("include", include); err != nil {
		return nil, err
	}
	if sel.exclude, err = fieldNames("exclude", exclude); err != nil {
		return nil, err
	}
	return sel, nil
}

func fieldNames(option string, list []string) (map[string]bool, error) {
	if len(list) == 0 {
		return nil, nil
	}
	names := map[string]bool{}
	for _, name := range list {
		field := strings.TrimPrefix(name, "$")
		of, key := group(field)
		known := slices.Contains(metaFields, field) ||
			slices.Contains([]string{"title", "icon", "team", "properties", "relations"}, field) ||
			of != "" && key != ""
		if !known {
			return nil, invalid("%s: %q is not a field of an entity", option, name)
		}
		names[field] = true
	}
	return names, nil
}

// shows reports whether one field is shown.
func (sel *selection) shows(field string) bool {
	of, _ := group(field)
	included := sel.include == nil || sel.include[field] || of != "" && sel.include[of]
	return included && !sel.exclude[field] && (of == "" || !sel.exclude[of])
}

// showsGroup reports whether "properties" or "relations" is there at all.
func (sel *selection) showsGroup(of string) bool {
	if sel.include == nil || sel.include[of] {
		return !sel.exclude[of]
	}
	for field := range sel.include {
		if strings.HasPrefix(field, of+".") {
			return !sel.exclude[of]
		}
	}
	return false
}
