// Package servicehook knows Azure DevOps' service hooks: what an event points
// at (Parse), which subscriptions are needed and what has to change to have them
// (Desired, Diff), and how that is done safely (Reconciler).
//
// An event is a pointer, never data: only ids are taken out of it, and what they
// point at is read again. So a forged, old or doubled event cannot write
// anything wrong.
//
// The package does no I/O but through the interfaces it is given.
package servicehook
