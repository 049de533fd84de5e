package azuredevops

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"strconv"

	"adoport/shared/transport"
)

// Paging is how a list is read beyond its first page.
type Paging int

const (
	// ByToken sends the continuation token of the page before, which is in its
	// header or, on a few routes, in its body. The end is a page without one; a
	// page may be empty and not be the end.
	ByToken Paging = iota
	// BySkip sends the number of items read so far as $skip. The end is an empty
	// page: a short one may be due to a limit of the server that is below Top.
	BySkip
	// Unpaged sends no $top, because the route has no pages. A token, should
	// there be one, is followed.
	Unpaged
)

// defaultTop is the page size that most lists have by default themselves.
const defaultTop = 100

// List is a list to read.
type List struct {
	Request
	Paging Paging
	// Top is the page size that is asked for; 0 is 100. The server may give
	// less.
	Top int
	// TopName is the query parameter of the page size; "" is "$top".
	TopName string
}

// Page is one page of a list.
type Page[T any] struct {
	Items []T
	// Next is the cursor of the next page, "" if this is the last.
	Next string
}

// ErrRepeated means that the server gave the same page, or the same continuation
// token, again. Going on would never end.
var ErrRepeated = errors.New("the list repeats itself")

// errNotAList means that the body holds no list: it MUST NOT count as an empty
// one.
var errNotAList = errors.New("the answer is JSON, but not a list")

// ReadPage reads the page at cursor ("" is the first) of a list: the elements of
// "value", "values" or "items" of the JSON object that is the answer. T is
// map[string]any for items of a kind (numbers as json.Number), json.RawMessage to
// leave them as they are. Errors are those of Do, ErrRepeated if the next cursor
// would be this one, and an answer that is no list is an error.
func ReadPage[T any](ctx context.Context, c *Client, l List, cursor string) (Page[T], error) {
	page, _, err := readPage[T](ctx, c, l, cursor)
	return page, err
}

// body is the list shapes: {"count":n,"value":[...]} nearly everywhere, "values"
// in the reporting routes, "items" in user entitlements.
type body[T any] struct {
	Value  *[]T `json:"value"`
	Values *[]T `json:"values"`
	Items  *[]T `json:"items"`
	Continuation
}

func (b body[T]) items() ([]T, error) {
	for _, items := range []*[]T{b.Value, b.Values, b.Items} {
		if items != nil {
			return *items, nil
		}
	}
	return nil, errNotAList
}

func readPage[T any](ctx context.Context, c *Client, l List, cursor string) (page Page[T], raw []byte, err error) {
	r, skip, err := l.at(cursor)
	if err != nil {
		return Page[T]{}, nil, err
	}
	resp, err := c.send(ctx, r)
	if err != nil {
		return Page[T]{}, nil, err
	}
	var b body[T]
	if err := Decode(resp.Body, &b); err != nil {
		return Page[T]{}, nil, c.decodeError(r, resp, err)
	}
	if page.Items, err = b.items(); err != nil {
		return Page[T]{}, nil, c.decodeError(r, resp, err)
	}
	page.Next = l.next(resp, b.Continuation, skip, len(page.Items))
	if page.Next != "" && page.Next == cursor {
		return Page[T]{}, nil, fmt.Errorf("after page %q of %s: %w", cursor, c.name(r), ErrRepeated)
	}
	return page, resp.Body, nil
}

// at is the request of the page at cursor, and for BySkip how many items are
// before it.
func (l List) at(cursor string) (r Request, skip int, err error) {
	r = l.Request
	if r.Query = maps.Clone(l.Query); r.Query == nil {
		r.Query = url.Values{}
	}
	if l.Paging != Unpaged {
		r.Query.Set(l.topName(), strconv.Itoa(l.top()))
	}
	if cursor == "" {
		return r, 0, nil
	}
	if l.Paging != BySkip {
		r.Query.Set("continuationToken", cursor)
		return r, 0, nil
	}
	skip, err = strconv.Atoi(cursor)
	if err != nil || skip < 0 {
		return Request{}, 0, fmt.Errorf("the cursor %q is not a number of items to skip", cursor)
	}
	r.Query.Set("$skip", cursor)
	return r, skip, nil
}

// next is the cursor of the page after the one that resp is.
func (l List) next(resp *transport.Response, b Continuation, skip, items int) string {
	if l.Paging == BySkip {
		if items == 0 {
			return ""
		}
		return strconv.Itoa(skip + items)
	}
	if token := resp.Header.Get(continuationHeader); token != "" {
		return token
	}
	return b.Next()
}

func (l List) top() int {
	if l.Top > 0 {
		return l.Top
	}
	return defaultTop
}

func (l List) topName() string {
	if l.TopName != "" {
		return l.TopName
	}
	return "$top"
}
