package functionshost

import (
	"bytes"
	"encoding/json"
	"strings"
)

// object is a JSON object whose keys keep their order, and whose case does not
// matter when one is set: the first spelling stays (a .NET dictionary with
// StringComparer.OrdinalIgnoreCase, as binding data is).
type object struct {
	keys   []string
	values []any
}

// set adds a key or replaces its value.
func (o *object) set(key string, value any) {
	for i, known := range o.keys {
		if strings.EqualFold(known, key) {
			o.values[i] = value
			return
		}
	}
	o.keys = append(o.keys, key)
	o.values = append(o.values, value)
}

// MarshalJSON writes the object without spaces.
func (o *object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, key := range o.keys {
		if i > 0 {
			b.WriteByte(',')
		}
		for _, v := range []any{key, o.values[i]} {
			text, err := compact(v)
			if err != nil {
				return nil, err
			}
			b.Write(text)
			b.WriteByte(':')
		}
		b.Truncate(b.Len() - 1)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// compact writes JSON as Newtonsoft does: one line, and no escapes for HTML.
func compact(v any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
