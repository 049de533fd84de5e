package port

import (
	"errors"
	"fmt"
	"net/http"
)

// maxBulk is how many entities one bulk upsert takes (API reference).
const maxBulk = 20

type bulkEntity struct {
	Created        bool           `json:"created"`
	Identifier     string         `json:"identifier"`
	Index          int            `json:"index"`
	AdditionalData map[string]any `json:"additionalData"`
}

type bulkError struct {
	Identifier string `json:"identifier"`
	Index      int    `json:"index"`
	StatusCode int    `json:"statusCode"`
	Error      string `json:"error"`
	Message    string `json:"message"`
}

// bulkAnswer is the body of 200, and of 207 if there are errors.
type bulkAnswer struct {
	OK       bool         `json:"ok"`
	Entities []bulkEntity `json:"entities"`
	Errors   []bulkError  `json:"errors"`
}

func (a *bulkAnswer) refuse(index int, name string, err error) {
	e := bulkError{Identifier: name, Index: index, StatusCode: http.StatusInternalServerError, Error: "internal_error", Message: err.Error()}
	if r, ok := errors.AsType[*refusal](err); ok {
		e.StatusCode, e.Error, e.Message = r.Status, r.Code, r.Message
	}
	a.Errors = append(a.Errors, e)
}

// upsertEntities writes up to 20 entities in their order, each by itself.
func (s *Server) upsertEntities(c *call) error {
	mode, err := c.mode()
	if err != nil {
		return err
	}
	var body struct {
		Entities []map[string]any `json:"entities"`
	}
	if err := c.decode(&body); err != nil {
		return err
	}
	if n := len(body.Entities); n < 1 || n > maxBulk {
		return invalid("body/entities must have 1 to %d items, and has %d", maxBulk, n)
	}
	s.tally(func(w *Writes) { w.UpsertRequests++ })
	blueprint := c.r.PathValue("blueprint")
	answer := &bulkAnswer{OK: true, Entities: []bulkEntity{}, Errors: []bulkError{}}
	drafts, err := s.drafts(blueprint, body.Entities, answer)
	if err != nil {
		return err
	}
	if err := s.writeAll(blueprint, drafts, mode, s.caller(c), answer); err != nil {
		return err
	}
	if len(answer.Errors) > 0 {
		return c.reply(http.StatusMultiStatus, answer)
	}
	return c.reply(http.StatusOK, answer)
}

// drafts checks the shapes and asks for injected errors; what failed is nil.
func (s *Server) drafts(blueprint string, entities []map[string]any, answer *bulkAnswer) ([]*draft, error) {
	drafts := make([]*draft, len(entities))
	for i, entity := range entities {
		d, err := newDraft(entity, blueprint)
		if err == nil && d.query == nil && d.identifier == "" {
			err = invalid("must have required property 'identifier'")
		}
		if err != nil && !s.options.ShapeErrorsByIndex {
			return nil, within(fmt.Sprintf("body/entities/%d", i), err)
		}
		if err != nil {
			id, _ := entity["identifier"].(string)
			answer.refuse(i, id, err)
			continue
		}
		if err := s.injected(blueprint, d.name()); err != nil {
			answer.refuse(i, d.name(), err)
			continue
		}
		drafts[i] = d
	}
	return drafts, nil
}

func (s *Server) writeAll(blueprint string, drafts []*draft, mode writeMode, who caller, answer *bulkAnswer) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	sh, err := s.store.shelf(blueprint)
	if err != nil {
		return err
	}
	for i, d := range drafts {
		if d == nil {
			continue
		}
		done, err := s.store.write(sh, d, mode, who)
		if err != nil {
			answer.refuse(i, d.name(), err)
			continue
		}
		answer.Entities = append(answer.Entities, bulkEntity{
			Created: done.created, Identifier: done.id, Index: i, AdditionalData: map[string]any{},
		})
	}
	return nil
}
