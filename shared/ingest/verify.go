package ingest

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// stillThere reads again the items whose entities a run did not see, and returns
// those identifiers that still belong to an item. A list can be short without
// saying so; what Azure DevOps says of one item is the last word. Entities whose
// item cannot be told from their identifier are not looked at.
func (e *Engine) stillThere(ctx context.Context, run Run, blueprint string, candidates map[string]Stored) (map[string]bool, error) {
	alive := map[string]bool{}
	for _, id := range run.Sources {
		source, ok := e.sources[id]
		if !ok || source.Remnant == nil || !feeds(source, blueprint) {
			continue
		}
		refs := e.refsOf(ctx, source, blueprint, candidates)
		if len(refs) == 0 {
			continue
		}
		items, _, err := source.Reader.Read(ctx, refs)
		if err != nil {
			return nil, fmt.Errorf("reading %d items of kind %s again: %w", len(refs), source.Kind, err)
		}
		mapped := e.mapItems(ctx, source, items, newTally(), nil)
		for _, c := range mapped[blueprint] {
			alive[c.entity.Identifier] = true
		}
	}
	return alive, nil
}

// refsOf turns entities back into the items that they are of, where the mapping
// makes the identifier of the item's own ID, and of its project.
func (e *Engine) refsOf(ctx context.Context, source *Source, blueprint string, candidates map[string]Stored) []Ref {
	var refs []Ref
	for identifier, stored := range candidates {
		for _, ref := range guesses(source.Kind, identifier, stored) {
			if source.NeedsProject && ref.ProjectID == "" || !e.makes(ctx, source, blueprint, identifier, ref) {
				continue
			}
			refs = append(refs, ref)
			if !source.NeedsProject {
				break // the project was only needed for the identifier
			}
		}
	}
	slices.SortFunc(refs, func(a, b Ref) int { return strings.Compare(a.ID, b.ID) })
	return refs
}

// makes reports whether the mapping gives an item this identifier.
func (e *Engine) makes(ctx context.Context, source *Source, blueprint, identifier string, ref Ref) bool {
	for _, r := range source.Resources {
		b, id, err := r.Identify(ctx, source.Remnant(ref))
		if err == nil && b == blueprint && id == identifier {
			return true
		}
	}
	return false
}

// guesses are the items that an entity may be of: its identifier is the item's
// ID, or ends in it after a slash ("project/17"); the project is what comes
// before, or what the entity refers to.
func guesses(kind, identifier string, stored Stored) []Ref {
	id, projects := identifier, []string{""}
	if i := strings.LastIndex(identifier, "/"); i >= 0 {
		id, projects = identifier[i+1:], append(projects, identifier[:i])
	}
	for _, value := range stored.Relations {
		projects = append(projects, relatedIdentifiers(value)...)
	}
	var refs []Ref
	for _, p := range slices.Backward(projects) {
		refs = append(refs, Ref{Kind: kind, ID: id, ProjectID: p})
	}
	return refs
}
