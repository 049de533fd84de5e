package azuredevops

import "slices"

// maxResults is how many work items a query may match unless $top cuts it.
const maxResults = 20_000

// run returns the ids that a query matches, at most top; top 0 means that it is
// not limited. ok is false if there are more than the service returns.
func (s *Server) run(q *wiqlQuery, top int) (ids []int, ok bool) {
	cut := top > 0 && top <= maxResults
	byID := len(q.order) == 0 || q.order[0].field.name == systemID
	limit := maxResults + 1
	switch {
	case cut && byID:
		limit = top
	case cut:
		limit = s.nextWorkItem // all have to be seen before they can be sorted
	}
	found := s.matches(q, byID, limit)
	if !cut && len(found) > maxResults {
		return nil, false
	}
	if !byID {
		slices.SortStableFunc(found, func(a, b sortable) int { return a.compare(b, q.order) })
	}
	if cut {
		found = found[:min(top, len(found))]
	}
	ids = make([]int, len(found))
	for i, f := range found {
		ids[i] = f.id
	}
	return ids, true
}

// matches returns what a query matches in the order of ids, at most limit.
func (s *Server) matches(q *wiqlQuery, byID bool, limit int) []sortable {
	descending := byID && len(q.order) > 0 && q.order[0].descending
	var found []sortable
	for id := range s.ids(boundsOf(q.where, s.nextWorkItem-1), descending) {
		it, readable := s.item(id)
		if !readable || q.where != nil && !q.where.match(&it) {
			continue
		}
		found = append(found, newSortable(&it, q.order, byID))
		if len(found) == limit {
			break
		}
	}
	return found
}

// sortable is a match with the values that it is sorted by.
type sortable struct {
	id   int
	keys []operand
}

func newSortable(it *item, order []orderKey, byID bool) sortable {
	f := sortable{id: it.id}
	if byID {
		return f
	}
	for _, key := range order {
		f.keys = append(f.keys, operandOf(key.field, it.value(key.field), false))
	}
	return f
}

func (a sortable) compare(b sortable, order []orderKey) int {
	for i, key := range order {
		c := a.keys[i].compare(b.keys[i])
		if key.descending {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return 0
}
