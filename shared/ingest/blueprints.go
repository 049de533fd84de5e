package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"adoport/shared/mapping"
)

// MissingBlueprints compares the known blueprints with those of Port. create
// lacks in Port; extend holds, for those that exist, only the properties and
// relations that they lack.
func MissingBlueprints(known []Blueprint, have map[string]Blueprint) (create, extend []Blueprint) {
	for _, want := range known {
		got, ok := have[want.Identifier]
		if !ok {
			create = append(create, want)
			continue
		}
		missing := Blueprint{Identifier: want.Identifier, Schema: BlueprintSchema{Properties: map[string]Property{}}, Relations: map[string]Relation{}}
		for name, p := range want.Schema.Properties {
			if _, ok := got.Schema.Properties[name]; !ok {
				missing.Schema.Properties[name] = p
			}
		}
		for name, r := range want.Relations {
			if _, ok := got.Relations[name]; !ok {
				missing.Relations[name] = r
			}
		}
		if len(missing.Schema.Properties)+len(missing.Relations) > 0 {
			extend = append(extend, missing)
		}
	}
	return create, extend
}

// ensureBlueprints creates and extends the known blueprints that the sources
// need, and returns those that it created. One that is missing and not known is left to fail alone, when its first
// entity is written.
func (e *Engine) ensureBlueprints(ctx context.Context, sources []*Source) (created []string, _ error) {
	have, err := e.o.Catalog.Blueprints(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the blueprints: %w", err)
	}
	create, extend := MissingBlueprints(e.needed(sources), have)
	if !e.o.Extend {
		extend = nil
	}
	if created, err = e.createBlueprints(ctx, create); err != nil {
		return nil, err
	}
	for _, b := range create {
		have[b.Identifier] = b
	}
	for _, missing := range extend {
		if err := e.o.Catalog.ExtendBlueprint(ctx, missing); err != nil {
			return nil, fmt.Errorf("extending blueprint %s: %w", missing.Identifier, err)
		}
		e.o.Logger.LogAttrs(ctx, slog.LevelInfo, "blueprint extended", slog.String("blueprint", missing.Identifier))
		b := have[missing.Identifier]
		b.Schema.Properties = merged(b.Schema.Properties, missing.Schema.Properties)
		b.Relations = merged(b.Relations, missing.Relations)
		have[missing.Identifier] = b
	}
	e.rememberBlueprints(have)
	return created, nil
}

// createBlueprints creates blueprints, those side by side that do not refer to
// each other, and returns those that were not there after all.
func (e *Engine) createBlueprints(ctx context.Context, create []Blueprint) (created []string, _ error) {
	var mu sync.Mutex
	for _, level := range levels(targetsFirst(create)) {
		g, ctx := errgroup.WithContext(ctx)
		for _, b := range level {
			g.Go(func() error {
				err := e.o.Catalog.CreateBlueprint(ctx, b)
				if errors.Is(err, ErrExists) {
					return nil
				}
				if err != nil {
					return fmt.Errorf("creating blueprint %s: %w", b.Identifier, err)
				}
				e.o.Logger.LogAttrs(ctx, slog.LevelInfo, "blueprint created", slog.String("blueprint", b.Identifier))
				mu.Lock()
				defer mu.Unlock()
				created = append(created, b.Identifier)
				return nil
			})
		}
		if err := g.Wait(); err != nil {
			return nil, err
		}
	}
	return created, nil
}

// levels cuts blueprints that are ordered targets first into runs of those that
// refer to none of their run.
func levels(ordered []Blueprint) [][]Blueprint {
	var all [][]Blueprint
	level := map[string]int{}
	for _, b := range ordered {
		n := 0
		for _, r := range b.Relations {
			if at, ok := level[r.Target]; ok {
				n = max(n, at+1)
			}
		}
		level[b.Identifier] = n
		if n == len(all) {
			all = append(all, nil)
		}
		all[n] = append(all[n], b)
	}
	return all
}

func merged[V any](a, b map[string]V) map[string]V {
	m := maps.Clone(a)
	if m == nil {
		m = map[string]V{}
	}
	maps.Copy(m, b)
	return m
}

// needed are the known blueprints that the sources write to, with those that
// they refer to.
func (e *Engine) needed(sources []*Source) []Blueprint {
	known := make(map[string]Blueprint, len(e.o.Known))
	for _, b := range e.o.Known {
		known[b.Identifier] = b
	}
	need := map[string]bool{}
	var add func(id string)
	add = func(id string) {
		b, ok := known[id]
		if !ok || need[id] {
			return
		}
		need[id] = true
		for _, r := range b.Relations {
			add(r.Target)
		}
	}
	for _, s := range sources {
		for _, r := range s.Resources {
			ids, _ := r.Blueprints()
			for _, id := range ids {
				add(id)
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(e.o.Known), func(b Blueprint) bool { return !need[b.Identifier] })
}

// targetsFirst orders blueprints so that one comes after those that it refers
// to. A cycle is cut at its first blueprint in the alphabet.
func targetsFirst(blueprints []Blueprint) []Blueprint {
	byID := make(map[string]Blueprint, len(blueprints))
	for _, b := range blueprints {
		byID[b.Identifier] = b
	}
	var ordered []Blueprint
	visited := map[string]bool{}
	var visit func(id string)
	visit = func(id string) {
		b, ok := byID[id]
		if !ok || visited[id] {
			return
		}
		visited[id] = true
		for _, name := range slices.Sorted(maps.Keys(b.Relations)) {
			visit(b.Relations[name].Target)
		}
		ordered = append(ordered, b)
	}
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		visit(id)
	}
	return ordered
}

// pruneOrder returns the blueprints that a run can prune: those that the run's
// sources name or wrote to, and that no other source writes to. One that the run
// created itself holds nothing old. Dependents come
// before what they refer to, because Port keeps an entity that something still
// refers to.
func (e *Engine) pruneOrder(ctx context.Context, run Run, written map[string]bool) ([]string, error) {
	candidates := maps.Clone(written)
	for _, id := range run.Sources {
		s, ok := e.sources[id]
		if !ok {
			return nil, fmt.Errorf("run %s: source %q is not part of the mapping", run.ID, id)
		}
		for _, r := range s.Resources {
			ids, _ := r.Blueprints()
			for _, id := range ids {
				candidates[id] = true
			}
		}
	}
	var prunable []Blueprint
	for id := range candidates {
		b, exists, err := e.blueprint(ctx, id)
		if err != nil {
			return nil, err
		}
		if exists && !slices.Contains(run.Created, id) && e.fedOnlyBy(id, run.Sources) {
			prunable = append(prunable, b)
		}
	}
	var ids []string
	for _, b := range slices.Backward(targetsFirst(prunable)) {
		ids = append(ids, b.Identifier)
	}
	return ids, nil
}

// fedOnlyBy reports whether every source that may write to a blueprint is among
// the chosen ones.
func (e *Engine) fedOnlyBy(blueprint string, chosen []string) bool {
	for i := range e.o.Sources {
		s := &e.o.Sources[i]
		if feeds(s, blueprint) && !slices.Contains(chosen, s.ID) {
			return false
		}
	}
	return true
}

// feeds reports whether a source may write to a blueprint.
func feeds(s *Source, blueprint string) bool {
	return slices.ContainsFunc(s.Resources, func(r *mapping.Resource) bool { return mapsTo(r, blueprint) })
}

// mapsTo reports whether a resource may make entities of a blueprint. One that
// computes the blueprint from the item may make any.
func mapsTo(r *mapping.Resource, blueprint string) bool {
	ids, static := r.Blueprints()
	return !static || slices.Contains(ids, blueprint)
}
