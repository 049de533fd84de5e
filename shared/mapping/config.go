package mapping

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
)

// Config is a mapping file that was loaded. It is safe for concurrent use and
// MUST NOT be changed.
type Config struct {
	Resources []*Resource
	// CreateMissingRelated lets Port create placeholders for entities that a
	// relation refers to and that do not exist.
	CreateMissingRelated bool
	// Merge keeps the fields of an entity that the mapping does not have.
	Merge bool
	// Notices are one sentence each on keys that are accepted and have no
	// effect.
	Notices []string
}

// Fingerprint is a stable hash of what the config means: it changes when an
// expression, a selector or a switch does, not with comments, white space or
// the order of properties.
func (c *Config) Fingerprint() string {
	hash := sha256.New()
	record(hash, "mapping/1", c.CreateMissingRelated, c.Merge)
	for _, r := range c.Resources {
		record(hash, "resource", r.Kind, r.Options, r.selector.meaning())
		record(hash, r.items.meaning(), r.elementName, r.elementsPath)
		for _, m := range r.mappings {
			record(hash, m.identifier.meaning(), m.blueprint.meaning(), m.meta.meaning(),
				m.properties.meaning(), m.relations.meaning())
		}
	}
	return hex.EncodeToString(hash.Sum(nil)[:16])
}

// record writes parts unambiguously; maps are written in the order of their
// keys.
func record(w io.Writer, parts ...any) {
	encoded, err := json.Marshal(parts)
	if err != nil {
		encoded = fmt.Append(nil, parts...) // options hold nothing else than texts and booleans
	}
	_, _ = w.Write(append(encoded, '\n')) // a hash never fails
}
