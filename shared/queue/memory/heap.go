package memory

import (
	"time"

	"adoport/shared/ingest"
)

// entry is one task that waits or is being worked on.
type entry struct {
	task ingest.Task
	// visible is when the task may be received next: the end of its delay, or
	// of the visibility of its current delivery.
	visible time.Time
	// order breaks ties of visible: first sent, first received.
	order uint64
	// delivery is the number of the current delivery, 0 if there is none.
	delivery uint64
	// spent counts the tries that were spent.
	spent int
	// index is the entry's place in the heap.
	index int
}

// byVisible is a container/heap of entries, the one that is visible first on
// top.
type byVisible []*entry

func (h byVisible) Len() int { return len(h) }

func (h byVisible) Less(i, j int) bool {
	if c := h[i].visible.Compare(h[j].visible); c != 0 {
		return c < 0
	}
	return h[i].order < h[j].order
}

func (h byVisible) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *byVisible) Push(x any) {
	e, ok := x.(*entry)
	if !ok {
		panic("memory: the heap takes entries only")
	}
	e.index = len(*h)
	*h = append(*h, e)
}

func (h *byVisible) Pop() any {
	last := len(*h) - 1
	e := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return e
}
