package port

import (
	"encoding/json"
	"maps"
	"net/http"
)

func (sh *shelf) render() json.RawMessage {
	return appendValue(nil, map[string]any(sh.doc))
}

func (s *Server) listBlueprints(c *call) error {
	s.mu.RLock()
	list := make([]json.RawMessage, 0, len(s.store.shelves))
	for _, sh := range s.store.sorted() {
		list = append(list, sh.render())
	}
	s.mu.RUnlock()
	return c.reply(http.StatusOK, map[string]any{"ok": true, "blueprints": list})
}

func (s *Server) getBlueprint(c *call) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	sh, err := s.store.shelf(c.r.PathValue("blueprint"))
	if err != nil {
		return err
	}
	return c.reply(http.StatusOK, map[string]any{"ok": true, "blueprint": sh.render()})
}

func (s *Server) createBlueprint(c *call) error {
	doc, err := c.document()
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id, _ := doc["identifier"].(string)
	if s.store.shelves[id] != nil {
		return conflict("identifier_taken", "Blueprint with identifier %q already exists", id)
	}
	sh, err := s.store.shelve(nil, doc, s.options.ClientID)
	if err != nil {
		return err
	}
	return c.reply(http.StatusCreated, map[string]any{"ok": true, "blueprint": sh.render()})
}

func (s *Server) replaceBlueprint(c *call) error {
	return s.changeBlueprint(c, func(_, doc document) document { return doc })
}

// patchBlueprint replaces the top-level keys that are given: schema and
// relations as a whole, too.
func (s *Server) patchBlueprint(c *call) error {
	return s.changeBlueprint(c, func(old, doc document) document {
		merged := maps.Clone(old)
		maps.Copy(merged, doc)
		return merged
	})
}

func (s *Server) changeBlueprint(c *call, change func(old, doc document) document) error {
	doc, err := c.document()
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old, err := s.store.shelf(c.r.PathValue("blueprint"))
	if err != nil {
		return err
	}
	sh, err := s.store.shelve(old, change(old.doc, doc), s.options.ClientID)
	if err != nil {
		return err
	}
	return c.reply(http.StatusOK, map[string]any{"ok": true, "blueprint": sh.render()})
}

func (s *Server) deleteBlueprint(c *call) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	sh, err := s.store.shelf(c.r.PathValue("blueprint"))
	if err != nil {
		return err
	}
	if err := s.store.unshelve(sh); err != nil {
		return err
	}
	return c.reply(http.StatusOK, map[string]any{"ok": true})
}

// unshelve deletes a blueprint that has no entities and that no other blueprint
// relates to.
func (s *store) unshelve(sh *shelf) error {
	if n := len(sh.records); n > 0 {
		return conflict("has_dependents", "Blueprint %q still has %d entities", sh.id, n)
	}
	for _, other := range s.sorted() {
		for name, rel := range other.def.Relations {
			if other != sh && rel.Target == sh.id {
				return conflict("has_dependents", "Blueprint %q is the target of relation %q of blueprint %q", sh.id, name, other.id)
			}
		}
	}
	delete(s.shelves, sh.id)
	return nil
}

// document reads a blueprint from the body.
func (c *call) document() (document, error) {
	var doc document
	if err := c.decode(&doc); err != nil {
		return nil, err
	}
	if doc == nil {
		return nil, invalid("body must be object")
	}
	return doc, doc.clean()
}
