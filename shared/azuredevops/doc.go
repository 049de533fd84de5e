// Package azuredevops is a thin client of the Azure DevOps REST API: addresses,
// credentials, sign-in pages, throttle headers, error bodies and paging. It knows
// no kind of resource.
package azuredevops
