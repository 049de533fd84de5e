package mapping

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const sharedConstants = `
resources:
- kind: project
  selector: {query: .id != "x"}
  port:
    itemsToParse: .list
    entity:
      mappings:
        identifier: .id
        blueprint: '"b"'
        properties:
          constant: '{"k": {"n": [1, 2]}, "m": {"o": 1}}'
          deleted: '{"k": {"n": [1, 2]}, "m": {"o": 1}} | del(.k)'
          updated: '[{"a": 1}, {"b": 2}] | map(.a |= empty)'
          item: del(.a.b[0])
          emptied: .a | map_values(empty)
          whole: .a
          endless: 'first(repeat(1))'
`

// TestConcurrentMap runs under the race detector: gojq's deletions write into
// their input, even where they change nothing. One item is shared here, which
// is more than Map promises.
func TestConcurrentMap(t *testing.T) {
	t.Parallel()
	c, err := Load("mapping.yaml", []byte(sharedConstants), testKinds)
	if err != nil {
		t.Fatal(err)
	}
	item := decode(t, `{"id": "1", "a": {"b": [1, {"c": 2}], "d": {}}, "list": [1, 2]}`)
	want := plainEntities(t, c.Resources[0].Map(t.Context(), item).Entities)
	before := decode(t, `{"id": "1", "a": {"b": [1, {"c": 2}], "d": {}}, "list": [1, 2]}`)
	var workers sync.WaitGroup
	for range 8 {
		workers.Go(func() {
			for range 50 {
				result := c.Resources[0].Map(t.Context(), item)
				if got := plainEntities(t, result.Entities); got != want || len(result.Failures) > 0 {
					t.Errorf("got %s %v\nwant %s", got, result.Failures, want)
					return
				}
			}
		})
	}
	workers.Wait()
	if diff := cmp.Diff(before, item); diff != "" {
		t.Errorf("the item was changed (-want +got):\n%s", diff)
	}
}
