// Package azuredevops is a stand-in for the REST API of Azure DevOps Services:
// an http.Handler with deterministic data of any size, the paging, the limits
// and the error bodies of the real service, an API to change the data, service
// hooks that tell the changes, and an oracle that says what a correct reader
// should see. The demo and the tests use
// it; it MUST NOT be linked into what is deployed.
//
// Base work items are computed from the seed and their id when they are asked
// for; only changed, created, moved and deleted ones are held in memory.
package azuredevops
