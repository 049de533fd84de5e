package azuredevops

import (
	"iter"
	"math"
	"slices"
)

// bounds are the work items that a WHERE clause can match, as far as that can
// be told without looking at them. They let a page of a project be found
// without a scan of the organization.
type bounds struct {
	low, high int
	// project is the folded name that System.TeamProject must equal, "" for any.
	project string
}

// boundsOf narrows by the comparisons that all have to hold.
func boundsOf(where condition, last int) bounds {
	b := bounds{low: 1, high: last}
	b.narrow(where)
	return b
}

func (b *bounds) narrow(where condition) {
	switch c := where.(type) {
	case andCondition:
		for _, part := range c {
			b.narrow(part)
		}
	case *comparison:
		if c.negated || len(c.values) != 1 || c.values[0].empty {
			return
		}
		switch c.field.name {
		case systemID:
			b.narrowID(c.operator, c.values[0].number)
		case teamProject:
			if c.operator == equals {
				b.project = c.values[0].text
			}
		}
	}
}

func (b *bounds) narrowID(o operator, n float64) {
	n = min(max(n, -1), float64(math.MaxInt32))
	up, down := int(math.Ceil(n)), int(math.Floor(n))
	switch o {
	case equals:
		b.low, b.high = max(b.low, up), min(b.high, down)
	case greater:
		b.low = max(b.low, down+1)
	case greaterOrEqual:
		b.low = max(b.low, up)
	case less:
		b.high = min(b.high, up-1)
	case lessOrEqual:
		b.high = min(b.high, down)
	}
}

// ids yields the ids within bounds, ascending or descending: those of the base
// that are of the project, merged with the extras.
func (s *Server) ids(b bounds, descending bool) iter.Seq[int] {
	base, ok := s.baseIDs(b)
	low, _ := slices.BinarySearch(s.extras, b.low)
	high, _ := slices.BinarySearch(s.extras, b.high+1)
	extra := s.extras[min(low, high):high]
	if !ok {
		base.count = 0
	}
	return func(yield func(int) bool) {
		i, j := 0, 0
		for i < base.count || j < len(extra) {
			var x, y int
			takeBase, takeExtra := i < base.count, j < len(extra)
			if takeBase {
				x = base.at(i, descending)
			}
			if takeExtra {
				y = extra[at(j, len(extra), descending)]
			}
			if takeBase && takeExtra && x != y {
				takeBase = (x < y) != descending
				takeExtra = !takeBase
			}
			id := y
			if takeBase {
				id = x
				i++
			}
			if takeExtra {
				j++
			}
			if !yield(id) {
				return
			}
		}
	}
}

// progression is first, first+step, …: count numbers.
type progression struct{ first, step, count int }

func (p progression) at(i int, descending bool) int {
	return p.first + p.step*at(i, p.count, descending)
}

func at(i, count int, descending bool) int {
	if descending {
		return count - 1 - i
	}
	return i
}

// baseIDs returns the base ids within bounds, false if there are none.
func (s *Server) baseIDs(b bounds) (progression, bool) {
	p := progression{first: b.low, step: 1}
	last := min(b.high, s.baseCount())
	if b.project != "" {
		named, ok := s.names[b.project]
		index := slices.Index(s.base, named)
		if !ok || index < 0 {
			return p, false
		}
		p.step = len(s.base)
		p.first = b.low + (((index+1-b.low)%p.step)+p.step)%p.step
	}
	if p.first > last {
		return p, false
	}
	p.count = (last-p.first)/p.step + 1
	return p, true
}
