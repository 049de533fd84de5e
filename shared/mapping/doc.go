// Package mapping turns decoded Azure DevOps items into Port entities, as a
// mapping file says. The file is Port's own port-app-config, so a user of
// Port's integration brings the file they have; docs/mapping.md describes it.
//
// The package is pure: no I/O, no clock but for a deadline, no state beyond
// what Load compiled.
package mapping
