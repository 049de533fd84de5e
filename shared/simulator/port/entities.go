package port

import (
	"encoding/json"
	"net/http"
)

// mode reads the query parameters of a write.
func (c *call) mode() (m writeMode, err error) {
	for _, flag := range []struct {
		name string
		at   *bool
	}{
		{"upsert", &m.upsert},
		{"merge", &m.merge},
		{"create_missing_related_entities", &m.createMissing},
		{"validation_only", &m.validateOnly},
	} {
		if *flag.at, err = c.flag(flag.name); err != nil {
			return m, err
		}
	}
	return m, nil
}

func (s *Server) caller(c *call) caller {
	return caller{source: c.r.UserAgent(), by: s.options.ClientID}
}

func (s *Server) upsertEntity(c *call) error {
	mode, err := c.mode()
	if err != nil {
		return err
	}
	var body map[string]any
	if err := c.decode(&body); err != nil {
		return err
	}
	s.tally(func(w *Writes) { w.UpsertRequests++ })
	return s.writeOne(c, body, mode, false)
}

func (s *Server) replaceEntity(c *call) error { return s.changeEntity(c, false) }

func (s *Server) patchEntity(c *call) error { return s.changeEntity(c, true) }

// changeEntity writes an entity that must exist.
func (s *Server) changeEntity(c *call, merge bool) error {
	createMissing, err := c.flag("create_missing_related_entities")
	if err != nil {
		return err
	}
	var body map[string]any
	if err := c.decode(&body); err != nil {
		return err
	}
	if body == nil {
		return invalid("body must be object")
	}
	id := c.r.PathValue("entity")
	if given, ok := body["identifier"]; ok && given != id {
		return invalid("/identifier: renaming an entity is not simulated")
	}
	body["identifier"] = id
	return s.writeOne(c, body, writeMode{upsert: true, merge: merge, createMissing: createMissing}, true)
}

func (s *Server) writeOne(c *call, body map[string]any, mode writeMode, mustExist bool) error {
	blueprint := c.r.PathValue("blueprint")
	if body == nil {
		return invalid("body must be object")
	}
	d, err := newDraft(body, blueprint)
	if err != nil {
		return within("body", err)
	}
	if err := s.injected(blueprint, d.name()); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	sh, err := s.store.shelf(blueprint)
	if err != nil {
		return err
	}
	if mustExist && sh.records[d.identifier] == nil {
		return missingEntity(sh, d.identifier)
	}
	done, err := s.store.write(sh, d, mode, s.caller(c))
	if err != nil {
		return err
	}
	answer := map[string]any{"ok": true}
	if done.record == nil {
		return c.reply(http.StatusOK, answer) // validated only
	}
	answer["entity"] = json.RawMessage(s.store.whole().entity(nil, sh, done.record))
	status := http.StatusOK
	if done.created {
		status = http.StatusCreated
	}
	return c.reply(status, answer)
}

func missingEntity(sh *shelf, id string) error {
	return notFound("Entity with identifier %q of blueprint %q was not found", id, sh.id)
}

func (s *Server) getEntity(c *call) error {
	sel, err := c.selection()
	if err != nil {
		return err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	sh, err := s.store.shelf(c.r.PathValue("blueprint"))
	if err != nil {
		return err
	}
	id := c.r.PathValue("entity")
	r := sh.records[id]
	if r == nil {
		return missingEntity(sh, id)
	}
	return c.reply(http.StatusOK, map[string]any{"ok": true, "entity": json.RawMessage(s.store.renderer(sel).entity(nil, sh, r))})
}

// selection reads the query parameters include and exclude, each as often as
// wanted.
func (c *call) selection() (*selection, error) {
	q := c.r.URL.Query()
	return newSelection(q["include"], q["exclude"])
}

// listEntities gives all entities of a blueprint, unpaged.
func (s *Server) listEntities(c *call) error {
	sel, err := c.selection()
	if err != nil {
		return err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	sh, err := s.store.shelf(c.r.PathValue("blueprint"))
	if err != nil {
		return err
	}
	p := s.store.renderer(sel)
	dst := []byte(`{"ok":true,"entities":[`)
	begin := len(dst)
	for r := range sh.order.after("") {
		dst = p.entity(comma(dst, begin), sh, r)
	}
	c.write(http.StatusOK, append(dst, "]}"...))
	return nil
}

// comma appends a comma unless the list, which began at begin, is empty.
func comma(dst []byte, begin int) []byte {
	if len(dst) > begin {
		return append(dst, ',')
	}
	return dst
}

func (s *Server) countEntities(c *call) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	sh, err := s.store.shelf(c.r.PathValue("blueprint"))
	if err != nil {
		return err
	}
	return c.reply(http.StatusOK, map[string]any{"ok": true, "count": len(sh.records)})
}
