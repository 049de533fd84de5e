// Package defaultcatalog is what Adoport ingests when nobody wrote a mapping:
// four kinds into four blueprints.
package defaultcatalog

import (
	_ "embed" // the files below
	"encoding/json"
	"fmt"

	"adoport/shared/ingest"
)

// Mapping is the built-in mapping file.
//
//go:embed mapping.yaml
var Mapping []byte

// MappingName is what positions in the built-in mapping call it.
const MappingName = "built-in mapping"

//go:embed blueprints.json
var blueprints []byte

// Blueprints are the blueprints that the built-in mapping writes to.
func Blueprints() []ingest.Blueprint {
	var all []ingest.Blueprint
	if err := json.Unmarshal(blueprints, &all); err != nil {
		panic(fmt.Sprintf("the embedded blueprints: %v", err))
	}
	return all
}
