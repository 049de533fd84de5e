package mapping

import (
	"reflect"
	"slices"
	"strings"

	"adoport/shared/mapping/format"
)

// keys are what an object of the file may and must have.
type keys struct {
	valid    []string
	required []string
}

var (
	documentKeys = keysOf[format.Document]()
	resourceKeys = keysOf[format.Resource]()
	selectorKeys = keysOf[format.Selector]()
	portKeys     = keysOf[format.Port]()
	entityKeys   = keysOf[format.Entity]()
	mappingsKeys = keysOf[format.Mappings]()
	searchKeys   = keysOf[format.Search]()
	ruleKeys     = keysOf[format.Rule]()
)

// keysOf reads the keys of an object off the struct that describes it.
func keysOf[T any]() keys {
	var k keys
	for field := range reflect.TypeFor[T]().Fields() {
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		k.valid = append(k.valid, name)
		if options != "omitempty" && options != "omitzero" {
			k.required = append(k.required, name)
		}
	}
	return k
}

// with adds optional keys.
func (k keys) with(names ...string) keys {
	return keys{valid: slices.Concat(k.valid, names), required: k.required}
}
