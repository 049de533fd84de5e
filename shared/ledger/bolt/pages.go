package bolt

import (
	"bytes"
	"context"
	"fmt"
	"iter"

	"go.etcd.io/bbolt"

	"adoport/shared/ingest"
	"adoport/shared/ledger/record"
)

// chunkSize is how many bytes of pages are read at once, or one page if that is
// bigger.
const chunkSize = 256 << 10

// SavePage stores a page if it is not there yet and reports whether it stored
// it. ErrNotFound if the run is not there or its pages were dropped.
func (l *Ledger) SavePage(ctx context.Context, p ingest.Page) (bool, error) {
	data, err := record.EncodePage(p)
	if err != nil {
		return false, err
	}
	key := pageKey(p.PageKey)
	stored := false
	err = l.file.Update(ctx, func(tx *bbolt.Tx) (bool, error) {
		stored = false
		_, pages, err := findPages(tx, p.Run)
		if err != nil || pages.Get(key) != nil {
			return false, err
		}
		stored = true
		return true, pages.Put(key, data)
	})
	if err != nil {
		return false, err
	}
	return stored, nil
}

// Page returns one saved page, ErrNotFound if there is none.
func (l *Ledger) Page(ctx context.Context, key ingest.PageKey) (ingest.Page, error) {
	var data []byte
	err := l.view(ctx, func(tx *bbolt.Tx) error {
		_, pages, err := findPages(tx, key.Run)
		if err != nil {
			return err
		}
		data = bytes.Clone(pages.Get(pageKey(key)))
		return nil
	})
	if err != nil {
		return ingest.Page{}, err
	}
	if data == nil {
		return ingest.Page{}, fmt.Errorf("page %d of source %q, scope %q of run %q: %w",
			key.Number, key.Source, key.Scope, key.Run, ingest.ErrNotFound)
	}
	return record.DecodePage(key.Run, data)
}

// Pages yields the pages of a run, the pages of a scope in order, or an error:
// ErrNotFound if the run is not there or its pages were dropped, also meanwhile.
// It reads up to 256 KB at once, and holds no transaction while the caller looks
// at a page. A page that is saved meanwhile may be among them or not.
func (l *Ledger) Pages(ctx context.Context, run string) iter.Seq2[ingest.Page, error] {
	return func(yield func(ingest.Page, error) bool) {
		var after []byte
		for {
			chunk, err := l.chunk(ctx, run, after)
			if err != nil {
				yield(ingest.Page{}, err)
				return
			}
			if len(chunk) == 0 {
				return
			}
			for _, s := range chunk {
				p, err := s.page(ctx, run)
				if !yield(p, err) || err != nil {
					return
				}
			}
			after = chunk[len(chunk)-1].key
		}
	}
}

// saved is a page's key and record, as copies.
type saved struct{ key, data []byte }

// page decodes a page, unless ctx has ended.
func (s saved) page(ctx context.Context, run string) (ingest.Page, error) {
	if err := ctx.Err(); err != nil {
		return ingest.Page{}, err
	}
	return record.DecodePage(run, s.data)
}

// chunk returns some pages of a run that come after that key, none if there are
// no more.
func (l *Ledger) chunk(ctx context.Context, run string, after []byte) ([]saved, error) {
	var list []saved
	err := l.view(ctx, func(tx *bbolt.Tx) error {
		_, pages, err := findPages(tx, run)
		if err != nil {
			return err
		}
		c := pages.Cursor()
		k, data := c.Seek(after)
		if k != nil && bytes.Equal(k, after) {
			k, data = c.Next()
		}
		for size := 0; k != nil && size < chunkSize; k, data = c.Next() {
			list = append(list, saved{bytes.Clone(k), bytes.Clone(data)})
			size += len(data)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}
