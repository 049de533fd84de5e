// Package ingest is the domain: it brings what Azure DevOps has to the Port
// catalog. Data flows one way: task → read → map → compare → write. The package
// owns the interfaces that it needs (Queue, Ledger, Catalog, Reader) and imports
// no vendor; the drivers and clients are leaves.
package ingest
