package port

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// maxBulkDelete is how many entities one bulk delete takes (API reference).
const maxBulkDelete = 100

func (s *Server) deleteEntity(c *call) error {
	cascade, err := c.requiredFlag("delete_dependents")
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.store.writes.DeleteRequests++
	sh, err := s.store.shelf(c.r.PathValue("blueprint"))
	if err != nil {
		return err
	}
	id := c.r.PathValue("entity")
	r := sh.records[id]
	if r == nil {
		return missingEntity(sh, id)
	}
	if err := s.store.remove(doomed{r: sh}, cascade, s.caller(c)); err != nil {
		return err
	}
	return c.reply(http.StatusOK, map[string]any{"ok": true})
}

// deleteEntities deletes up to 100 entities, or none. Those that do not exist
// are missing in the answer.
func (s *Server) deleteEntities(c *call) error {
	cascade, err := c.requiredFlag("delete_dependents")
	if err != nil {
		return err
	}
	var body struct {
		Entities []string `json:"entities"`
	}
	if err := c.decode(&body); err != nil {
		return err
	}
	if n := len(body.Entities); n < 1 || n > maxBulkDelete {
		return invalid("body/entities must have 1 to %d items, and has %d", maxBulkDelete, n)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.store.writes.DeleteRequests++
	sh, err := s.store.shelf(c.r.PathValue("blueprint"))
	if err != nil {
		return err
	}
	set, deleted := doomed{}, []string{}
	for _, id := range body.Entities {
		r := sh.records[id]
		if r == nil || set[r] != nil {
			continue
		}
		set[r] = sh
		deleted = append(deleted, id)
	}
	if err := s.store.remove(set, cascade, s.caller(c)); err != nil {
		return err
	}
	return c.reply(http.StatusOK, map[string]any{"ok": true, "deletedEntities": deleted})
}

// deleteAllEntities empties a blueprint, unless entities of other blueprints
// refer to it.
func (s *Server) deleteAllEntities(c *call) error {
	deleteBlueprint, err := c.flag("delete_blueprint")
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.store.writes.DeleteRequests++
	sh, err := s.store.shelf(c.r.PathValue("blueprint"))
	if err != nil {
		return err
	}
	set := doomed{}
	for _, r := range sh.records {
		set[r] = sh
	}
	if err := s.store.remove(set, false, s.caller(c)); err != nil {
		return err
	}
	if deleteBlueprint {
		if err := s.store.unshelve(sh); err != nil {
			return err
		}
	}
	return c.reply(http.StatusOK, map[string]any{"ok": true})
}

// doomed are entities that are about to be deleted.
type doomed map[*record]*shelf

// remove deletes entities, with all that depend on them if cascade; otherwise
// nothing is deleted if anything outside the set refers into it.
func (s *store) remove(set doomed, cascade bool, who caller) error {
	if cascade {
		for s.spread(set) {
		}
	}
	inside := map[*record]int32{}
	for r, sh := range set {
		for target := range s.targetsOf(sh, r) {
			inside[target]++
		}
	}
	ordered := slices.SortedFunc(maps.Keys(set), func(a, b *record) int { return strings.Compare(a.id, b.id) })
	for _, r := range ordered {
		if n := r.inbound - inside[r]; n > 0 {
			return conflict("has_dependents", "Entity %q of blueprint %q has %d dependents", r.id, set[r].id, n)
		}
	}
	for target, n := range inside {
		target.inbound -= n
	}
	for _, r := range ordered {
		sh := set[r]
		delete(sh.records, r.id)
		sh.order.remove(r.id)
		s.note(&s.writes.Deleted, Deleted, sh, r.id, who)
	}
	return nil
}

// spread adds what refers to the set, and reports whether there was any.
func (s *store) spread(set doomed) bool {
	before := len(set)
	for _, sh := range s.sorted() {
		if len(sh.def.Relations) == 0 {
			continue
		}
		for r := range sh.order.after("") {
			for target := range s.targetsOf(sh, r) {
				if set[target] != nil {
					set[r] = sh
					break
				}
			}
		}
	}
	return len(set) > before
}
