package ingest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"adoport/shared/ingest"
	"adoport/shared/mapping"
)

// ours is the instance under test.
const ours = "ours"

// record is an entity of the fake catalog.
type record struct {
	ingest.Stored
	// owner wrote it last.
	owner string
}

// fakeCatalog is a catalog in memory. Like Port it merges, makes placeholders of
// missing targets, and keeps what something refers to. What it is asked for is
// in its logs, and its hooks make it fail.
type fakeCatalog struct {
	now  func() time.Time
	skew time.Duration

	mu         sync.Mutex
	blueprints map[string]ingest.Blueprint
	entities   map[string]map[string]*record
	// created and extended are the blueprints, upserts and deletes the entities
	// as "blueprint/identifier", in their order. finds are identifiers.
	created, extended []string
	upserts, deletes  []string
	finds             [][]string

	// fail is asked before every call, refuse before every entity.
	fail   func(method, blueprint string) error
	refuse func(method, blueprint, identifier string) error
	// timeless entities have no UpdatedAt.
	timeless map[string]bool
	// beforeFindOwned is called at the beginning of every FindOwned.
	beforeFindOwned func()
}

func newFakeCatalog(now func() time.Time, blueprints ...ingest.Blueprint) *fakeCatalog {
	c := &fakeCatalog{now: now, blueprints: map[string]ingest.Blueprint{}, entities: map[string]map[string]*record{}, timeless: map[string]bool{}}
	for _, b := range blueprints {
		c.blueprints[b.Identifier] = b
	}
	return c
}

func (c *fakeCatalog) failure(method, blueprint string) error {
	if c.fail == nil {
		return nil
	}
	return c.fail(method, blueprint)
}

func (c *fakeCatalog) refusal(method, blueprint, identifier string) error {
	if c.refuse == nil {
		return nil
	}
	return c.refuse(method, blueprint, identifier)
}

// put stores an entity as somebody else would.
func (c *fakeCatalog) put(owner, blueprint string, s ingest.Stored) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s.Properties == nil {
		s.Properties = map[string]any{}
	}
	if s.Relations == nil {
		s.Relations = map[string]any{}
	}
	c.shelf(blueprint)[s.Identifier] = &record{Stored: s, owner: owner}
}

func (c *fakeCatalog) shelf(blueprint string) map[string]*record {
	if c.entities[blueprint] == nil {
		c.entities[blueprint] = map[string]*record{}
	}
	return c.entities[blueprint]
}

// ids are the identifiers of a blueprint's entities, sorted.
func (c *fakeCatalog) ids(blueprint string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Sorted(maps.Keys(c.entities[blueprint]))
}

func (c *fakeCatalog) get(blueprint, identifier string) ingest.Stored {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r := c.entities[blueprint][identifier]; r != nil {
		return r.Stored
	}
	return ingest.Stored{}
}

// forget empties the logs.
func (c *fakeCatalog) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.created, c.extended, c.upserts, c.deletes, c.finds = nil, nil, nil, nil, nil
}

func (c *fakeCatalog) Blueprints(context.Context) (map[string]ingest.Blueprint, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.blueprints), c.failure("Blueprints", "")
}

func (c *fakeCatalog) CreateBlueprint(_ context.Context, b ingest.Blueprint) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.failure("CreateBlueprint", b.Identifier); err != nil {
		return err
	}
	for _, r := range b.Relations {
		if _, ok := c.blueprints[r.Target]; !ok {
			return fmt.Errorf("blueprint %s refers to %s, which does not exist", b.Identifier, r.Target)
		}
	}
	c.blueprints[b.Identifier] = b
	c.created = append(c.created, b.Identifier)
	return nil
}

func (c *fakeCatalog) ExtendBlueprint(_ context.Context, missing ingest.Blueprint) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.failure("ExtendBlueprint", missing.Identifier); err != nil {
		return err
	}
	b := c.blueprints[missing.Identifier]
	b.Schema.Properties, b.Relations = maps.Clone(b.Schema.Properties), maps.Clone(b.Relations)
	maps.Copy(b.Schema.Properties, missing.Schema.Properties)
	maps.Copy(b.Relations, missing.Relations)
	c.blueprints[missing.Identifier] = b
	c.extended = append(c.extended, missing.Identifier)
	return nil
}

func (c *fakeCatalog) Find(_ context.Context, blueprint string, identifiers, fields []string) (map[string]ingest.Stored, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.failure("Find", blueprint); err != nil {
		return nil, err
	}
	c.finds = append(c.finds, slices.Clone(identifiers))
	found := map[string]ingest.Stored{}
	for _, id := range identifiers {
		if r := c.entities[blueprint][id]; r != nil {
			found[id] = only(r.Stored, fields)
		}
	}
	return found, nil
}

// only cuts an entity down to the fields that were asked for.
func only(s ingest.Stored, fields []string) ingest.Stored {
	cut := ingest.Stored{Identifier: s.Identifier, UpdatedAt: s.UpdatedAt, Properties: map[string]any{}, Relations: map[string]any{}}
	for _, f := range fields {
		switch name, key, _ := strings.Cut(f, "."); name {
		case "title":
			cut.Title = s.Title
		case "icon":
			cut.Icon = s.Icon
		case "team":
			cut.Team = s.Team
		case "properties":
			cut.Properties[key] = s.Properties[key]
		case "relations":
			cut.Relations[key] = s.Relations[key]
		}
	}
	return cut
}

func (c *fakeCatalog) Upsert(_ context.Context, blueprint string, entities []mapping.Entity) ([]ingest.Outcome, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.failure("Upsert", blueprint); err != nil {
		return nil, err
	}
	outcomes := make([]ingest.Outcome, len(entities))
	for i, e := range entities {
		if err := c.refusal("Upsert", blueprint, e.Identifier); err != nil {
			outcomes[i].Err = err
			continue
		}
		c.upserts = append(c.upserts, blueprint+"/"+e.Identifier)
		c.upsert(blueprint, e)
	}
	return outcomes, nil
}

func (c *fakeCatalog) upsert(blueprint string, e mapping.Entity) {
	shelf := c.shelf(blueprint)
	r := shelf[e.Identifier]
	if r == nil {
		r = &record{Stored: ingest.Stored{Identifier: e.Identifier, Properties: map[string]any{}, Relations: map[string]any{}}}
		shelf[e.Identifier] = r
	}
	r.owner, r.UpdatedAt = ours, c.now().Add(c.skew)
	for name, v := range e.Meta {
		switch name {
		case "title":
			r.Title = asJSON(v)
		case "icon":
			r.Icon = asJSON(v)
		case "team":
			r.Team = asJSON(v)
		}
	}
	for name, v := range e.Properties {
		r.Properties[name] = asJSON(v)
	}
	for name, v := range e.Relations {
		r.Relations[name] = asJSON(v)
		for _, id := range identifiersIn(r.Relations[name]) {
			c.placeholder(c.blueprints[blueprint].Relations[name].Target, id)
		}
	}
}

func (c *fakeCatalog) placeholder(blueprint, identifier string) {
	if shelf := c.shelf(blueprint); shelf[identifier] == nil {
		shelf[identifier] = &record{owner: ours, Stored: ingest.Stored{
			Identifier: identifier, Title: identifier, UpdatedAt: c.now().Add(c.skew),
			Properties: map[string]any{}, Relations: map[string]any{},
		}}
	}
}

func identifiersIn(relation any) []string {
	switch v := relation.(type) {
	case string:
		return []string{v}
	case []any:
		var ids []string
		for _, element := range v {
			ids = append(ids, element.(string))
		}
		return ids
	default:
		return nil
	}
}

func (c *fakeCatalog) Clock() time.Duration { return c.skew }

// CheckIdentifier has one rule of Port's.
func (c *fakeCatalog) CheckIdentifier(identifier string) error {
	if identifier == "" || strings.ContainsRune(identifier, ' ') {
		return fmt.Errorf("identifier %q is empty or has a space", identifier)
	}
	return nil
}

// asJSON is a value as it comes back from a service.
func asJSON(v any) any {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // test data is JSON
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var decoded any
	if err := d.Decode(&decoded); err != nil {
		panic(err)
	}
	return decoded
}
