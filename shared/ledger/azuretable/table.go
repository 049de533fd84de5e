package azuretable

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/data/aztables"

	"adoport/shared/storageaccount"
)

// busyTries is how often a transaction is sent that the service was too busy
// for.
const busyTries = 4

// table is a table of the service. It is made when it is first missed.
type table struct {
	name   string
	client *aztables.Client
	// identity is whether the account is opened with a credential, not a key.
	identity bool
}

func newTable(account storageaccount.Account, name string, o Options) (*table, error) {
	if !isTableName(name) {
		return nil, fmt.Errorf("%q is no name of a table: 3 to 63 letters and digits, a letter first", name)
	}
	if o.Retry.MaxRetries == 0 {
		o.Retry = policy.RetryOptions{MaxRetries: 4, TryTimeout: 30 * time.Second, RetryDelay: 200 * time.Millisecond, MaxRetryDelay: 2 * time.Second}
	}
	options := &aztables.ClientOptions{ClientOptions: azcore.ClientOptions{Retry: o.Retry, Transport: o.Transport}}
	var service *aztables.ServiceClient
	var err error
	switch {
	case account.ConnectionString != "":
		service, err = aztables.NewServiceClientFromConnectionString(account.ConnectionString, options)
	case account.Credential != nil:
		service, err = aztables.NewServiceClient(account.Tables, account.Credential, options)
	default:
		err = errors.New("there is neither a connection string nor a credential")
	}
	if err != nil {
		return nil, fmt.Errorf("opening the storage account for table %s: %w", name, err)
	}
	return &table{name: name, client: service.NewClient(name), identity: account.ConnectionString == ""}, nil
}

// isTableName says what the service allows (Learn, "Understanding the Table
// service data model", Table names).
func isTableName(name string) bool {
	for i := range len(name) {
		if !isPlain(name[i]) || name[i] == '-' {
			return false
		}
	}
	return len(name) >= 3 && len(name) <= 63 && name[0] > '9'
}

// do makes a request, and makes it again after the table was made, or when the
// service was too busy for one part of a transaction, which azcore does not see.
func (t *table) do(ctx context.Context, request func() error) error {
	made := false
	for try := 1; ; try++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := t.explain(request())
		answer, ok := errors.AsType[*Error](err)
		switch {
		case !ok:
			return err
		case answer.Code == string(aztables.TableNotFound) && !made:
			if err := t.create(ctx); err != nil {
				return err
			}
			made = true
		case answer.inTransaction && isBusy(answer.Status) && try < busyTries:
			if err := pause(ctx, 100*time.Millisecond<<try); err != nil {
				return err
			}
		default:
			return err
		}
	}
}

// create makes the table, unless another one was faster.
func (t *table) create(ctx context.Context) error {
	_, err := t.client.CreateTable(ctx, nil)
	if err = t.explain(err); hasCode(err, aztables.TableAlreadyExists) {
		return nil
	}
	return err
}

func isBusy(status int) bool {
	return status == http.StatusRequestTimeout || status == http.StatusTooManyRequests || status >= http.StatusInternalServerError
}

// pause waits for some time up to limit, or until ctx ends.
func pause(ctx context.Context, limit time.Duration) error {
	timer := time.NewTimer(rand.N(limit)) //nolint:gosec // spreads retries, keeps no secret
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// get returns a row, nil if it is not there.
func (t *table) get(ctx context.Context, partition, row string) (entity, error) {
	var e entity
	err := t.do(ctx, func() error {
		format := aztables.MetadataFormatNone
		answer, err := t.client.GetEntity(ctx, partition, row, &aztables.GetEntityOptions{Format: &format})
		if err != nil {
			return err
		}
		if e, err = decodeEntity(answer.Value); err != nil {
			return err
		}
		e["odata.etag"] = string(answer.ETag)
		return nil
	})
	if hasCode(err, aztables.ResourceNotFound) || hasCode(err, aztables.EntityNotFound) {
		return nil, nil
	}
	return e, err
}

// list yields the rows of a span in order, or an error. It reads up to atOnce
// rows at once, at most 1,000, and of each only the properties in selected, all
// if that is "".
func (t *table) list(ctx context.Context, partition string, rows span, atOnce int32, selected string) iter.Seq2[entity, error] {
	filter := fmt.Sprintf("PartitionKey eq '%s' and RowKey ge '%s' and RowKey lt '%s'", partition, rows.from, rows.to)
	format := aztables.MetadataFormatNone
	o := aztables.ListEntitiesOptions{Filter: &filter, Format: &format, Top: &atOnce}
	if selected != "" {
		o.Select = &selected
	}
	return func(yield func(entity, error) bool) {
		for more := true; more; {
			var answer aztables.ListEntitiesResponse
			err := t.do(ctx, func() (err error) {
				// A pager that has failed is of no more use.
				answer, err = t.client.NewListEntitiesPager(&o).NextPage(ctx)
				return err
			})
			if err != nil {
				yield(nil, err)
				return
			}
			for _, text := range answer.Entities {
				e, err := decodeEntity(text)
				if !yield(e, err) || err != nil {
					return
				}
			}
			// An answer may have no rows and still not be the last (Learn, "Query
			// timeout and pagination").
			o.NextPartitionKey, o.NextRowKey = answer.NextPartitionKey, answer.NextRowKey
			more = isSet(o.NextPartitionKey) || isSet(o.NextRowKey)
		}
	}
}

func isSet(token *string) bool { return token != nil && *token != "" }

// change is a part of a transaction.
type change struct {
	kind   aztables.TransactionType
	entity entity
	// match is the version that the row MUST have, "" for whichever or none.
	match azcore.ETag
}

func add(e entity) change     { return change{kind: aztables.TransactionTypeAdd, entity: e} }
func replace(e entity) change { return change{kind: aztables.TransactionTypeInsertReplace, entity: e} }
func remove(e entity) change  { return change{kind: aztables.TransactionTypeDelete, entity: e} }

// merge sets properties of a row that MUST be there, and have that version
// unless it is azcore.ETagAny.
func merge(e entity, match azcore.ETag) change {
	return change{kind: aztables.TransactionTypeUpdateMerge, entity: e, match: match}
}

// submit makes all changes or none. They are of one partition, at most 100, and
// have at most 4 MiB together (Learn, "Performing entity group transactions").
// Even a single change is sent so: the service then does not send it back.
func (t *table) submit(ctx context.Context, changes ...change) error {
	actions := make([]aztables.TransactionAction, len(changes))
	for i, c := range changes {
		text, err := json.Marshal(c.entity)
		if err != nil {
			return fmt.Errorf("encoding row %s: %w", c.entity.row(), err)
		}
		actions[i] = aztables.TransactionAction{ActionType: c.kind, Entity: text}
		if c.match != "" {
			actions[i].IfMatch = &c.match
		}
	}
	return t.do(ctx, func() error {
		_, err := t.client.SubmitTransaction(ctx, actions, nil)
		return err
	})
}
