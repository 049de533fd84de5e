package port

import (
	"net/http"
	"strings"
)

// maxDatasource is the page size of the search by datasource. Its route is not
// in the API reference; the limit is what Port's own exporters ask for.
const maxDatasource = 5000

type datasourceBody struct {
	Prefix string   `json:"datasource_prefix"`
	Suffix string   `json:"datasource_suffix"`
	Limit  *float64 `json:"limit"`
	From   *string  `json:"from"`
	// Before keeps the entities that were last updated before it.
	Before *string `json:"before"`
}

// searchDatasource gives one page of the entities of all blueprints whose
// $datasource begins and ends as asked.
func (s *Server) searchDatasource(c *call) error {
	var body datasourceBody
	if err := c.decode(&body); err != nil {
		return err
	}
	limit, err := readLimit(body.Limit, maxDatasource, maxDatasource)
	if err != nil {
		return err
	}
	wanted, err := body.filter()
	if err != nil {
		return err
	}
	blueprint, after, err := splitCursor(body.From)
	if err != nil {
		return err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	p := s.store.whole()
	dst := []byte(`{"ok":true,"entities":[`)
	begin, n, last := len(dst), 0, ""
	for _, sh := range s.store.sorted() {
		if sh.id < blueprint {
			continue
		}
		if sh.id != blueprint {
			after = ""
		}
		for r := range s.store.matches(sh, wanted, after) {
			if n == limit {
				c.write(http.StatusOK, appendNext(append(dst, ']'), last, true))
				return nil
			}
			dst = p.entity(comma(dst, begin), sh, r)
			n, last = n+1, sh.id+" "+r.id
		}
	}
	c.write(http.StatusOK, appendNext(append(dst, ']'), "", false))
	return nil
}

func (b *datasourceBody) filter() (*query, error) {
	var before int64
	if b.Before != nil {
		t, ok := parseTime(*b.Before, false)
		if !ok {
			return nil, invalid("body/before must match format \"date-time\"")
		}
		before = t.UnixMilli()
	}
	return &query{match: func(r row) bool {
		source := r.store.people.list[r.record.source]
		return (b.Before == nil || r.record.updated < before) &&
			strings.HasPrefix(source, b.Prefix) && strings.HasSuffix(source, b.Suffix)
	}}, nil
}

// splitCursor reads "blueprint identifier"; neither can hold a space.
func splitCursor(from *string) (blueprint, after string, err error) {
	cursor, err := readCursor(from)
	if err != nil || cursor == "" {
		return "", "", err
	}
	blueprint, after, ok := strings.Cut(cursor, " ")
	if !ok {
		return "", "", invalid("body/from is not a cursor of this search")
	}
	return blueprint, after, nil
}
