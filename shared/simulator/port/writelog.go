package port

import "time"

// Writes counts what clients changed. What Put and PutBlueprint seed is not
// counted.
type Writes struct {
	// Created, Updated and Deleted count entities. An upsert of an entity that
	// exists counts as Updated, whether or not it changes anything.
	Created, Updated, Deleted int
	// Stubs counts related entities that create_missing_related_entities made.
	Stubs int
	// UpsertRequests and DeleteRequests count requests, whatever their outcome
	// for each entity: POSTs of one or several entities, and DELETEs.
	UpsertRequests, DeleteRequests int
}

// Op is what a write did.
type Op string

// The ops that Log tells apart.
const (
	Created Op = "created"
	Updated Op = "updated"
	Deleted Op = "deleted"
	Stubbed Op = "stubbed"
)

// Write is one entry of Log.
type Write struct {
	Op         Op
	Blueprint  string
	Identifier string
	// Datasource is the caller's User-Agent.
	Datasource string
	At         time.Time
}

// note counts one write, and logs it if asked to.
func (s *store) note(counter *int, op Op, sh *shelf, id string, who caller) {
	*counter++
	if s.options.LogWrites {
		s.log = append(s.log, Write{
			Op: op, Blueprint: sh.id, Identifier: id, Datasource: who.source, At: time.UnixMilli(s.now()).UTC(),
		})
	}
}

func (s *Server) tally(add func(*Writes)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	add(&s.store.writes)
}
