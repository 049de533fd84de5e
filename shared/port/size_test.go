package port

import (
	"errors"
	"strings"
	"testing"

	"adoport/shared/mapping"
)

// sized returns an entity whose encoding has exactly n bytes.
func sized(t *testing.T, c *Client, id string, n int) mapping.Entity {
	t.Helper()
	e := mapping.Entity{Identifier: id, Properties: map[string]any{"small": "x", "text": ""}}
	empty, err := c.encode(e)
	if err != nil {
		t.Fatal(err)
	}
	e.Properties["text"] = strings.Repeat("x", n-len(empty.body))
	return e
}

func TestSizesAtTheLimit(t *testing.T) {
	t.Parallel()
	const room = maxBody - len(bodyStart) - len(bodyEnd)
	tests := map[string]struct {
		sizes    []int
		requests int
		tooLarge int // entities
	}{
		"one that just fits":            {[]int{room}, 1, 0},
		"one byte too large":            {[]int{room + 1}, 0, 1},
		"a large one among others":      {[]int{200, room + 1, 200}, 1, 1},
		"two that just fit":             {[]int{room / 2, room - room/2 - 1}, 1, 0},
		"two with one byte too much":    {[]int{room / 2, room - room/2}, 2, 0},
		"twenty that do not fit in one": {repeat(room/19, 20), 2, 0},
		"twenty that do":                {repeat(room/20-1, 20), 1, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, f := serve(t, takeAll)
			var list []mapping.Entity
			for i, n := range test.sizes {
				list = append(list, sized(t, c, string(rune('a'+i)), n))
			}
			tooLarge := 0
			for _, err := range upsert(t, c, list) {
				if large, ok := errors.AsType[*TooLargeError](err); ok {
					tooLarge++
					if large.Biggest != "text" || large.Size <= large.Limit || !strings.Contains(err.Error(), "its biggest property is text") {
						t.Errorf("error %v", err)
					}
				} else if err != nil {
					t.Error(err)
				}
			}
			if n := len(f.seen()); n != test.requests || tooLarge != test.tooLarge {
				t.Errorf("%d requests, %d too large", n, tooLarge)
			}
			for _, r := range f.seen() {
				if len(r.Body) > maxBody || len(r.Body) >= 1<<20 {
					t.Errorf("a body of %d bytes", len(r.Body))
				}
			}
		})
	}
}

func repeat(n, times int) []int {
	list := make([]int, times)
	for i := range list {
		list[i] = n
	}
	return list
}
