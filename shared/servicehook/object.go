package servicehook

import (
	"bytes"
	"encoding/json"
	"time"
)

// object is a JSON object of which only the values that are asked for are
// decoded. A key that stands twice has its last value as a whole; decoding into
// structs would mix the two.
type object map[string]json.RawMessage

// decodeObject returns nil for JSON that is no object.
func decodeObject(data json.RawMessage) object {
	if !bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("{")) {
		return nil
	}
	var o object
	if json.Unmarshal(data, &o) != nil {
		return nil
	}
	return o
}

// at returns the value at a path, nil if any step of it is missing.
func (o object) at(path ...string) json.RawMessage {
	for _, key := range path[:len(path)-1] {
		if o = decodeObject(o[key]); o == nil {
			return nil
		}
	}
	return o[path[len(path)-1]]
}

// object returns the object at a path, nil if there is none.
func (o object) object(path ...string) object { return decodeObject(o.at(path...)) }

// text returns the string at a path, "" if there is none.
func (o object) text(path ...string) string {
	var s string
	if json.Unmarshal(o.at(path...), &s) != nil {
		return ""
	}
	return s
}

// moment returns the time at a path in UTC, the zero time if there is none.
func (o object) moment(path ...string) time.Time {
	at, err := time.Parse(time.RFC3339, o.text(path...))
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

// isNull reports whether a value is missing or null.
func isNull(value json.RawMessage) bool {
	return len(value) == 0 || string(bytes.TrimSpace(value)) == "null"
}
