package port

import (
	"iter"
	"maps"
	"slices"
	"time"
)

// Entity is a stored entity, decoded; numbers are json.Number. A title, icon or
// team that is not set is nil.
type Entity struct {
	Identifier string
	Blueprint  string
	Title      any
	Icon       any
	Team       any
	Properties map[string]any
	Relations  map[string]any
	CreatedAt  time.Time
	UpdatedAt  time.Time
	CreatedBy  string
	UpdatedBy  string
	// Datasource is the User-Agent of the last write.
	Datasource string
}

// FailFunc decides whether a write of one entity fails, and how; status 0 lets
// it pass. identifier is "unknown" if the entity is named by a search query. It
// MUST NOT call the server.
type FailFunc func(blueprint, identifier string) (status int, code, message string)

// FailEntity makes writes of single entities fail as f says: by index in a bulk
// upsert, with that status elsewhere. nil ends it.
func (s *Server) FailEntity(f FailFunc) {
	s.oracleMu.Lock()
	defer s.oracleMu.Unlock()
	s.fail = f
}

func (s *Server) injected(blueprint, identifier string) error {
	s.oracleMu.Lock()
	f := s.fail
	s.oracleMu.Unlock()
	if f == nil {
		return nil
	}
	if status, code, message := f(blueprint, identifier); status != 0 {
		return &refusal{Status: status, Code: code, Message: message}
	}
	return nil
}

// Put stores an entity as another data source would: the JSON is that of an
// upsert without merge, with its blueprint. It fails as that would.
func (s *Server) Put(datasource string, entity []byte) error {
	var body map[string]any
	if err := decodeJSON(entity, &body); err != nil {
		return err
	}
	blueprint, _ := body["blueprint"].(string)
	d, err := newDraft(body, blueprint)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	sh, err := s.store.shelf(blueprint)
	if err != nil {
		return err
	}
	counted, logged := s.store.writes, len(s.store.log)
	_, err = s.store.write(sh, d, writeMode{upsert: true}, caller{source: datasource, by: "seed"})
	s.store.writes, s.store.log = counted, s.store.log[:logged]
	return err
}

// PutBlueprint creates or replaces a blueprint. The JSON is that of a POST.
func (s *Server) PutBlueprint(blueprint []byte) error {
	var doc document
	if err := decodeJSON(blueprint, &doc); err != nil {
		return err
	}
	if err := doc.clean(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id, _ := doc["identifier"].(string)
	_, err := s.store.shelve(s.store.shelves[id], doc, "seed")
	return err
}

// Blueprints returns every blueprint by identifier, as the API gives it;
// numbers are json.Number. The result is the caller's own.
func (s *Server) Blueprints() map[string]map[string]any {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := map[string]map[string]any{}
	for id, sh := range s.store.shelves {
		all[id] = decodeValue(string(sh.render())).(map[string]any)
	}
	return all
}

// Entity returns one entity, and whether it exists.
func (s *Server) Entity(blueprint, identifier string) (Entity, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r := s.store.record(blueprint, identifier)
	if r == nil {
		return Entity{}, false
	}
	return s.store.decoded(s.store.shelves[blueprint], r), true
}

// Entities returns all entities of a blueprint by identifier, none if there is
// no such blueprint. For very many entities, All needs less memory.
func (s *Server) Entities(blueprint string) map[string]Entity {
	all := map[string]Entity{}
	for e := range s.All(blueprint) {
		all[e.Identifier] = e
	}
	return all
}

// All yields the entities of a blueprint in order of their identifiers. The
// catalog may change meanwhile, also by the loop's own body.
func (s *Server) All(blueprint string) iter.Seq[Entity] {
	return func(yield func(Entity) bool) {
		for after := ""; ; {
			page := s.page(blueprint, after)
			for _, e := range page {
				if !yield(e) {
					return
				}
				after = e.Identifier
			}
			if len(page) == 0 {
				return
			}
		}
	}
}

func (s *Server) page(blueprint, after string) []Entity {
	s.mu.RLock()
	defer s.mu.RUnlock()
	sh := s.store.shelves[blueprint]
	if sh == nil {
		return nil
	}
	var page []Entity
	for r := range sh.order.after(after) {
		if len(page) == maxSearch {
			break
		}
		page = append(page, s.store.decoded(sh, r))
	}
	return page
}

func (s *store) decoded(sh *shelf, r *record) Entity {
	e := Entity{
		Identifier: r.id, Blueprint: sh.id,
		Properties: map[string]any{}, Relations: map[string]any{},
		CreatedAt: time.UnixMilli(r.created).UTC(), UpdatedAt: time.UnixMilli(r.updated).UTC(),
		CreatedBy: s.people.list[r.createdBy], UpdatedBy: s.people.list[r.updatedBy],
		Datasource: s.people.list[r.source],
	}
	for name, v := range s.names.unpack(r.body) {
		switch of, key := group(name); {
		case of == "properties":
			e.Properties[key] = v
		case of == "relations":
			e.Relations[key] = v
		case key == "title":
			e.Title = v
		case key == "icon":
			e.Icon = v
		case key == "team":
			e.Team = v
		}
	}
	return e
}

// Count returns how many entities a blueprint has.
func (s *Server) Count(blueprint string) int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if sh := s.store.shelves[blueprint]; sh != nil {
		return len(sh.records)
	}
	return 0
}

// Requests returns how many requests each route got, by its pattern, for
// example "POST /v1/blueprints/{blueprint}/entities/bulk". Refused ones count.
func (s *Server) Requests() map[string]int {
	s.oracleMu.Lock()
	defer s.oracleMu.Unlock()
	return maps.Clone(s.requests)
}

func (s *Server) count(route string) {
	s.oracleMu.Lock()
	defer s.oracleMu.Unlock()
	s.requests[route]++
}

// Writes returns what clients changed so far.
func (s *Server) Writes() Writes {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.store.writes
}

// Log returns the writes of clients in their order, if Options.LogWrites is
// set.
func (s *Server) Log() []Write {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.store.log)
}

// RevokeToken makes the active token invalid; the next request for a token gets
// a new one.
func (s *Server) RevokeToken() { s.tokens.revoke() }

// SetSecret changes the accepted client secret. The active token stays valid.
func (s *Server) SetSecret(secret string) { s.tokens.setSecret(secret) }
