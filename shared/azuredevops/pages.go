package azuredevops

import (
	"context"
	"fmt"
	"hash/maphash"
	"iter"
)

// Pages yields the pages of a list from its first to its last. After an error it
// ends: what was yielded before is then not the whole list. Errors are those of
// ReadPage, and ErrRepeated for any page or token that comes again.
func Pages[T any](ctx context.Context, c *Client, l List) iter.Seq2[Page[T], error] {
	return func(yield func(Page[T], error) bool) {
		var guard repetition
		cursor := ""
		for {
			page, raw, err := readPage[T](ctx, c, l, cursor)
			if err == nil && guard.repeats(l.Paging, page.Next, raw) {
				err = fmt.Errorf("after page %q of %s: %w", cursor, c.name(l.Request), ErrRepeated)
			}
			if err != nil {
				yield(Page[T]{}, err)
				return
			}
			if !yield(page, nil) || page.Next == "" {
				return
			}
			cursor = page.Next
		}
	}
}

// Items yields the items of a list one by one; errors are those of Pages.
func Items[T any](ctx context.Context, c *Client, l List) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for page, err := range Pages[T](ctx, c, l) {
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range page.Items {
				if !yield(item, nil) {
					return
				}
			}
		}
	}
}

// repetition notices a list that would never end.
type repetition struct {
	seed   maphash.Seed
	tokens map[string]struct{}
	last   uint64
}

// repeats reports whether next was seen before or, where cursors are ours and
// always new, whether a page that is not the last is the one before again.
func (g *repetition) repeats(p Paging, next string, raw []byte) bool {
	if g.tokens == nil {
		g.tokens, g.seed = map[string]struct{}{}, maphash.MakeSeed()
	}
	if next == "" {
		return false
	}
	if p == BySkip {
		before := g.last
		g.last = maphash.Bytes(g.seed, raw)
		return g.last == before
	}
	_, seen := g.tokens[next]
	g.tokens[next] = struct{}{}
	return seen
}
