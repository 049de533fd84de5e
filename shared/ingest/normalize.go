package ingest

import (
	"maps"
	"time"

	"adoport/shared/mapping"
)

// normalize makes an entity acceptable to Port where its meaning is clear: a
// date-time that names no zone is UTC (Azure DevOps leaves the zone out of some
// dates), and Port refuses one without.
func normalize(b Blueprint, e *mapping.Entity) {
	var zoned map[string]any
	for name, value := range e.Properties {
		text, ok := value.(string)
		if !ok || b.Schema.Properties[name].Format != "date-time" {
			continue
		}
		if _, err := time.Parse("2006-01-02T15:04:05", text); err != nil {
			continue
		}
		if zoned == nil {
			zoned = maps.Clone(e.Properties)
		}
		zoned[name] = text + "Z"
	}
	if zoned != nil {
		e.Properties = zoned
	}
}
