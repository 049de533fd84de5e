// Package kind is the catalogue of kinds: one file a kind, which says how it is
// listed, how one item is read again, and which selector options it has. The
// names of kinds, options and enrichments are those of Port's Ocean integration,
// so that a mapping written for it works unchanged.
package kind

//go:generate go run ./schemagen ../../docs/mapping.schema.json
