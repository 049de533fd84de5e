package azuredevops

import (
	"encoding/json"
	"strings"
	"time"
)

// updateNumber counts the changes of links too, which make no revision.
func (it *item) updateNumber() int { return it.rev() + 1 + it.draw.draw(40, 3) }

func difference(before, after any) object {
	d := object{}
	if before != nil {
		d["oldValue"] = before
	}
	if after != nil {
		d["newValue"] = after
	}
	return d
}

// changedFields are the fields whose values differ.
func changedFields(before, after item) []*field {
	var changed []*field
	for _, f := range after.server.allFields(after.change) {
		b, a := before.value(f), after.value(f)
		if f.name != systemID && string(appendValue(nil, b)) != string(appendValue(nil, a)) {
			changed = append(changed, f)
		}
	}
	return changed
}

// notInEvents are fields that events leave out.
var notInEvents = map[string]bool{
	systemID: true, "System.Rev": true, "System.AreaId": true, "System.NodeName": true, "System.AreaLevel1": true,
	"System.AuthorizedDate": true, "System.RevisedDate": true, "System.AuthorizedAs": true, "System.Watermark": true,
}

func (it *item) eventFields(version string) map[string]any {
	values := map[string]any{}
	for _, f := range it.server.allFields(it.change) {
		if v := it.value(f); v != nil && !notInEvents[f.name] {
			values[f.name] = eventValue(v, version)
		}
	}
	return values
}

// eventValue is a field's value in a version of the resource: people are strings
// in 1.0, objects without an ID in 3.1 and whole in 5.1.
func eventValue(v any, version string) any {
	switch v := v.(type) {
	case time.Time:
		return formatTime(v)
	case *person:
		switch {
		case strings.HasPrefix(version, "1."):
			return v.combined()
		case strings.HasPrefix(version, "3."):
			body := v.decoded()
			delete(body, "id")
			return body
		}
		return json.RawMessage(v.body)
	}
	return v
}

// combined is how old versions write a person.
func (p *person) combined() string { return p.displayName + " <" + p.uniqueName + ">" }
