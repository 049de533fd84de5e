package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"adoport/shared/ingest"
)

// changes collects what a run changes, from many goroutines.
type changes struct {
	mu  sync.Mutex
	all []ingest.Change
}

func (c *changes) add(change ingest.Change) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, change)
}

// sorted returns the changes by blueprint, action and identifier.
func (c *changes) sorted() []ingest.Change {
	c.mu.Lock()
	defer c.mu.Unlock()
	slices.SortFunc(c.all, func(a, b ingest.Change) int {
		return strings.Compare(a.Blueprint+"\x00"+string(a.Action)+"\x00"+a.Identifier, b.Blueprint+"\x00"+string(b.Action)+"\x00"+b.Identifier)
	})
	return c.all
}

var signs = map[ingest.Action]string{ingest.Create: "+", ingest.Update: "~", ingest.Delete: "-"}

// writeChanges prints changes entity by entity.
func writeChanges(w io.Writer, all []ingest.Change) {
	for _, c := range all {
		fmt.Fprintf(w, "%s %s/%s", signs[c.Action], clean(c.Blueprint), clean(c.Identifier))
		if c.Title != "" {
			fmt.Fprintf(w, " %q", short(c.Title, 60))
		}
		fmt.Fprintln(w)
		if c.Action != ingest.Update {
			continue
		}
		for _, f := range c.Fields {
			fmt.Fprintf(w, "    %s: %s → %s\n", f.Path, jsonText(f.Old), jsonText(f.New))
		}
	}
	if len(all) > 0 {
		fmt.Fprintln(w)
	}
}

func jsonText(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return short(string(b), 80)
}
