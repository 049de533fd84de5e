package port

import (
	"maps"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// ordered behaves as a sorted set does, over any inserts and removals.
func TestOrdered(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var o ordered
		model := map[string]bool{}
		insert := func(id string) {
			if !model[id] {
				model[id] = true
				o.insert(&record{id: id})
			}
		}
		for i := range rapid.IntRange(0, 3*chunkSize).Draw(t, "filled") {
			insert(strconv.Itoa(i * 7919 % 5000))
		}
		for range rapid.IntRange(0, 40).Draw(t, "steps") {
			id := strconv.Itoa(rapid.IntRange(0, 5000).Draw(t, "id"))
			if rapid.Bool().Draw(t, "insert") {
				insert(id)
			} else {
				delete(model, id)
				o.remove(id)
			}
		}
		from := rapid.SampledFrom([]string{"", "0", "25", "4999", "9", "zz"}).Draw(t, "from")
		want := slices.Sorted(maps.Keys(model))
		want = slices.DeleteFunc(want, func(id string) bool { return id <= from })
		var got []string
		for r := range o.after(from) {
			got = append(got, r.id)
		}
		if diff := cmp.Diff(want, got); len(want)+len(got) > 0 && diff != "" {
			t.Fatal(diff)
		}
		for _, chunk := range o.chunks {
			if len(chunk) == 0 || len(chunk) > chunkSize {
				t.Fatalf("a chunk of %d", len(chunk))
			}
		}
	})
}

func TestOrderedEmptiesItself(t *testing.T) {
	t.Parallel()
	var o ordered
	for i := range 3 * chunkSize {
		o.insert(&record{id: strconv.Itoa(i)})
	}
	for i := range 3 * chunkSize {
		o.remove(strconv.Itoa(i))
	}
	o.remove("none")
	if len(o.chunks) != 0 {
		t.Errorf("%d chunks are left", len(o.chunks))
	}
}
