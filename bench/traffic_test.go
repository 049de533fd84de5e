package bench

import (
	"maps"
	"strings"

	"adoport/shared/simulator/port"
)

// traffic is what reached the stand-ins: requests by route, and what became of
// the catalog.
type traffic struct {
	azureDevOps, catalog map[string]int
	writes               port.Writes
}

func (w *world) traffic() traffic {
	return traffic{w.azureDevOps.Requests(), w.port.Requests(), w.port.Writes()}
}

// since returns what came after an earlier state.
func (t traffic) since(before traffic) traffic {
	return traffic{
		subtract(t.azureDevOps, before.azureDevOps), subtract(t.catalog, before.catalog),
		port.Writes{
			Created: t.writes.Created - before.writes.Created, Updated: t.writes.Updated - before.writes.Updated,
			Deleted: t.writes.Deleted - before.writes.Deleted, Stubs: t.writes.Stubs - before.writes.Stubs,
			UpsertRequests: t.writes.UpsertRequests - before.writes.UpsertRequests,
			DeleteRequests: t.writes.DeleteRequests - before.writes.DeleteRequests,
		},
	}
}

func subtract(a, b map[string]int) map[string]int {
	out := maps.Clone(a)
	for k, n := range b {
		out[k] -= n
	}
	return out
}

// written counts the entities that were written.
func (t traffic) written() int { return t.writes.Created + t.writes.Updated + t.writes.Deleted }

// portRequests counts all requests to Port, those for tokens and blueprints too.
func (t traffic) portRequests() int { return sum(t.catalog, "") }

// searches counts the searches of entities, those of the prune too.
func (t traffic) searches() int { return sum(t.catalog, "/search") }

// azureDevOpsRequests counts all requests to Azure DevOps, workItemRequests those
// for work items.
func (t traffic) azureDevOpsRequests() int { return sum(t.azureDevOps, "") }

func (t traffic) workItemRequests() int {
	return sum(t.azureDevOps, "/wit/wiql") + sum(t.azureDevOps, "/wit/workitemsbatch")
}

// sum adds up the routes that end in suffix.
func sum(routes map[string]int, suffix string) int {
	n := 0
	for route, count := range routes {
		if strings.HasSuffix(route, suffix) {
			n += count
		}
	}
	return n
}
