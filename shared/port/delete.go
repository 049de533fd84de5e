package port

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"adoport/shared/ingest"
)

const (
	// maxDeletes is how many identifiers one bulk delete has (OpenAPI document).
	maxDeletes = 100
	// deletesAtOnce is how many single deletes are under way at once.
	deletesAtOnce = 8
)

// Delete deletes entities, never their dependents. Those that a bulk delete does
// not take are deleted one by one, again and again as long as one more goes: an
// entity may depend on another of the list. An outcome's error is an
// *IdentifierError or wraps the *transport.StatusError with Port's reason; err is
// as in Upsert.
func (c *Client) Delete(ctx context.Context, blueprint string, identifiers []string) ([]ingest.Outcome, error) {
	failed := map[string]error{}
	if err := CheckBlueprintIdentifier(blueprint); err != nil {
		for _, id := range identifiers {
			failed[id] = err
		}
		return inOrder(identifiers, failed), nil
	}
	for _, id := range identifiers {
		// "." and ".." MUST NOT get into a path: they would name the blueprint.
		if err := c.CheckIdentifier(id); err != nil {
			failed[id] = err
		}
	}
	var rest []string
	for part := range slices.Chunk(c.possible(identifiers), maxDeletes) {
		left, err := c.deleteBulk(ctx, blueprint, part)
		if err != nil {
			return nil, fmt.Errorf("deleting from blueprint %s: %w", quote(blueprint), err)
		}
		rest = append(rest, left...)
	}
	for len(rest) > 0 {
		reasons, err := c.deleteEach(ctx, blueprint, rest)
		if err != nil {
			return nil, fmt.Errorf("deleting from blueprint %s: %w", quote(blueprint), err)
		}
		left := slices.DeleteFunc(slices.Clone(rest), func(id string) bool { return reasons[id] == nil })
		if len(left) == len(rest) {
			for _, id := range left {
				failed[id] = fmt.Errorf("deleting %s %s: %w", blueprint, quote(id), reasons[id])
			}
			break
		}
		rest = left
	}
	return inOrder(identifiers, failed), nil
}

func inOrder(identifiers []string, failed map[string]error) []ingest.Outcome {
	outcomes := make([]ingest.Outcome, len(identifiers))
	for i, id := range identifiers {
		outcomes[i].Err = failed[id]
	}
	return outcomes
}

// deleteBulk deletes up to maxDeletes entities and returns those of which it is
// not known that they are gone: all if Port refuses the request, which it does if
// one of them has a dependent or does not exist.
func (c *Client) deleteBulk(ctx context.Context, blueprint string, identifiers []string) (left []string, _ error) {
	in := map[string][]string{"entities": identifiers}
	var answer struct {
		DeletedEntities *[]string `json:"deletedEntities"`
	}
	err := c.callJSON(ctx, http.MethodPost, path("blueprints", blueprint, "bulk", "entities", "delete")+"?delete_dependents=false", in, &answer)
	if _, about := aboutRequest(err); about {
		return identifiers, nil
	}
	if err != nil {
		return nil, err
	}
	if answer.DeletedEntities == nil {
		return nil, nil
	}
	deleted := make(map[string]bool, len(*answer.DeletedEntities))
	for _, id := range *answer.DeletedEntities {
		deleted[id] = true
	}
	return slices.DeleteFunc(slices.Clone(identifiers), func(id string) bool { return deleted[id] }), nil
}

// deleteEach deletes entities one by one and returns the reasons of those that
// are still there.
func (c *Client) deleteEach(ctx context.Context, blueprint string, identifiers []string) (map[string]error, error) {
	var mu sync.Mutex
	reasons := map[string]error{}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(deletesAtOnce)
	for _, id := range identifiers {
		group.Go(func() error {
			_, err := c.call(ctx, http.MethodDelete, path("blueprints", blueprint, "entities", id)+"?delete_dependents=false", nil, nil)
			answer, about := aboutRequest(err)
			if !about {
				return err // nil included
			}
			if answer.Status == http.StatusNotFound {
				return nil // what does not exist is deleted
			}
			mu.Lock()
			defer mu.Unlock()
			reasons[id] = err
			return nil
		})
	}
	return reasons, group.Wait()
}
