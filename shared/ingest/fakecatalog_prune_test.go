package ingest_test

import (
	"context"
	"errors"
	"iter"
	"maps"
	"slices"
	"time"

	"adoport/shared/ingest"
)

func (c *fakeCatalog) Delete(_ context.Context, blueprint string, identifiers []string) ([]ingest.Outcome, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.failure("Delete", blueprint); err != nil {
		return nil, err
	}
	outcomes := make([]ingest.Outcome, len(identifiers))
	for i, id := range identifiers {
		outcomes[i].Err = c.refusal("Delete", blueprint, id)
		if who := c.dependent(blueprint, id); who != "" && outcomes[i].Err == nil {
			outcomes[i].Err = errors.New("it has the dependent " + who)
		}
		if outcomes[i].Err == nil {
			delete(c.entities[blueprint], id)
			c.deletes = append(c.deletes, blueprint+"/"+id)
		}
	}
	return outcomes, nil
}

// dependent is an entity that refers to another one, "" if none does.
func (c *fakeCatalog) dependent(blueprint, identifier string) string {
	for of, shelf := range c.entities {
		for id, r := range shelf {
			for name, v := range r.Relations {
				if c.blueprints[of].Relations[name].Target == blueprint && slices.Contains(identifiersIn(v), identifier) {
					return of + "/" + id
				}
			}
		}
	}
	return ""
}

func (c *fakeCatalog) Owned(_ context.Context, blueprint string) iter.Seq2[[]ingest.Stored, error] {
	return func(yield func([]ingest.Stored, error) bool) {
		c.mu.Lock()
		err := c.failure("Owned", blueprint)
		var all []ingest.Stored
		for _, id := range slices.Sorted(maps.Keys(c.entities[blueprint])) {
			if r := c.entities[blueprint][id]; r.owner == ours {
				all = append(all, c.timed(blueprint, r))
			}
		}
		c.mu.Unlock()
		if err != nil {
			yield(nil, err)
			return
		}
		for page := range slices.Chunk(all, 7) {
			if !yield(page, nil) {
				return
			}
		}
	}
}

func (c *fakeCatalog) timed(blueprint string, r *record) ingest.Stored {
	s := r.Stored
	if c.timeless[blueprint+"/"+s.Identifier] {
		s.UpdatedAt = time.Time{}
	}
	return s
}

func (c *fakeCatalog) FindOwned(_ context.Context, blueprint string, identifiers []string) (map[string]ingest.Stored, error) {
	if c.beforeFindOwned != nil {
		c.beforeFindOwned()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	found := map[string]ingest.Stored{}
	for _, id := range identifiers {
		if r := c.entities[blueprint][id]; r != nil && r.owner == ours {
			found[id] = c.timed(blueprint, r)
		}
	}
	return found, c.failure("FindOwned", blueprint)
}

func (c *fakeCatalog) Count(_ context.Context, blueprint string) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.failure("Count", blueprint); err != nil {
		return 0, err
	}
	return len(c.entities[blueprint]), nil
}
