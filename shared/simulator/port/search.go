package port

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
)

const (
	maxSearch     = 1000
	defaultSearch = 200
)

type searchBody struct {
	Query   any      `json:"query"`
	Include []string `json:"include"`
	Exclude []string `json:"exclude"`
	Limit   *float64 `json:"limit"`
	From    *string  `json:"from"`
}

// searchBlueprint gives one page of the matching entities of a blueprint. The
// cursor is the page's last identifier, so that paging neither repeats nor
// skips an entity while others come and go.
func (s *Server) searchBlueprint(c *call) error {
	var body searchBody
	if err := c.decode(&body); err != nil {
		return err
	}
	limit, err := readLimit(body.Limit, defaultSearch, maxSearch)
	if err != nil {
		return err
	}
	sel, err := newSelection(body.Include, body.Exclude)
	if err != nil {
		return err
	}
	after, err := readCursor(body.From)
	if err != nil {
		return err
	}
	answer, err := s.searchPage(c.r.PathValue("blueprint"), body.Query, sel, after, limit)
	if err != nil {
		return err
	}
	c.write(http.StatusOK, answer)
	return nil
}

func (s *Server) searchPage(blueprint string, rules any, sel *selection, after string, limit int) ([]byte, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	sh, err := s.store.shelf(blueprint)
	if err != nil {
		return nil, err
	}
	q := everything
	if rules != nil {
		if q, err = s.store.compile(rules); err != nil {
			return nil, err
		}
	}
	p := s.store.renderer(sel)
	dst := []byte(`{"ok":true,"entities":[`)
	begin, n, last, more := len(dst), 0, "", false
	for r := range s.store.matches(sh, q, after) {
		if n == limit {
			more = true
			break
		}
		dst = p.entity(comma(dst, begin), sh, r)
		n, last = n+1, r.id
	}
	return appendNext(append(dst, ']'), last, more), nil
}

// searchAll gives every matching entity of every blueprint, unpaged.
func (s *Server) searchAll(c *call) error {
	sel, err := c.selection()
	if err != nil {
		return err
	}
	var body any
	if err := c.decode(&body); err != nil {
		return err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	q, err := s.store.compile(body)
	if err != nil {
		return err
	}
	p := s.store.renderer(sel)
	dst := []byte(`{"ok":true,"entities":[`)
	begin := len(dst)
	matching := []string{}
	for _, sh := range s.store.sorted() {
		before := len(dst)
		for r := range s.store.matches(sh, q, "") {
			dst = p.entity(comma(dst, begin), sh, r)
		}
		if len(dst) > before {
			matching = append(matching, sh.id)
		}
	}
	blueprints, err := json.Marshal(matching)
	if err != nil {
		return err
	}
	dst = append(dst, `],"failedBlueprints":[],"matchingBlueprints":`...)
	c.write(http.StatusOK, append(append(dst, blueprints...), '}'))
	return nil
}

// appendNext ends an answer with the cursor of the next page, null at the end.
func appendNext(dst []byte, last string, more bool) []byte {
	dst = append(dst, `,"next":`...)
	if !more {
		return append(dst, "null}"...)
	}
	dst = appendString(dst, base64.RawURLEncoding.EncodeToString([]byte(last)))
	return append(dst, '}')
}

func readCursor(from *string) (string, error) {
	if from == nil {
		return "", nil
	}
	last, err := base64.RawURLEncoding.DecodeString(*from)
	if err != nil || len(last) == 0 {
		return "", invalid("body/from is not a cursor of this search")
	}
	return string(last), nil
}

func readLimit(given *float64, def, most int) (int, error) {
	if given == nil {
		return def, nil
	}
	n := int(*given)
	if float64(n) != *given || n < 1 || n > most {
		return 0, invalid("body/limit must be an integer from 1 to %d, not %v", most, *given)
	}
	return n, nil
}
