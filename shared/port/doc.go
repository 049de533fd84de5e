// Package port is the client of Port's API. It implements ingest.Catalog on
// shared/transport: what a caller asks for in small pieces is sent in as few and
// as full requests as Port allows, and what Port says of one entity is said of
// that entity only.
//
// Facts about the API are from Port's API reference (docs/api-reference, its
// OpenAPI document) and from Port's own clients, Ocean and the Terraform
// provider; comments name the one a fact is from.
package port
