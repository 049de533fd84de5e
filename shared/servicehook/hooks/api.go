package hooks

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"adoport/shared/azuredevops"
	"adoport/shared/servicehook"
	"adoport/shared/transport"
)

// API is the subscriptions of one organization. The client's identity needs the
// permissions View and Edit Subscriptions, in each project or for the
// organization (Learn, "View permissions for service hooks").
type API struct{ client *azuredevops.Client }

var _ servicehook.API = API{}

// New returns the subscriptions of the client's organization.
func New(client *azuredevops.Client) API { return API{client} }

// List returns the web-hook subscriptions to one type of event. It asks for
// nothing wider, because that times out in large organizations
// (port-labs/ocean#3294). Errors are those of azuredevops.ReadPage, with
// *servicehook.RefusedError for an answer that is no success; an answer that is
// no list, or has a subscription without an id, is an error too.
func (a API) List(ctx context.Context, publisher, eventType string) ([]servicehook.Subscription, error) {
	list := azuredevops.List{Request: request(), Paging: azuredevops.Unpaged}
	list.Query = url.Values{
		"publisherId": {publisher}, "eventType": {eventType},
		"consumerId": {servicehook.Consumer}, "consumerActionId": {servicehook.Action},
	}
	var all []servicehook.Subscription
	for w, err := range azuredevops.Items[wire](ctx, a.client, list) {
		if err != nil {
			return nil, refused(err)
		}
		s, err := w.subscription()
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// Create makes a subscription and returns it as Azure DevOps shows it. The
// request is sent again if its answer does not come, so there may be two; the
// next reconciliation removes the younger.
func (a API) Create(ctx context.Context, s servicehook.Subscription) (servicehook.Subscription, error) {
	r := request()
	r.Method = http.MethodPost
	r.Body = newWire(s)
	var answer wire
	if _, err := a.client.Do(ctx, r, &answer); err != nil {
		return servicehook.Subscription{}, refused(redact(err, s.ConsumerInputs[servicehook.InputPassword]))
	}
	return answer.subscription()
}

// Delete deletes a subscription; one that is gone is no error.
func (a API) Delete(ctx context.Context, id string) error {
	r := request(id)
	r.Method = http.MethodDelete
	if _, err := a.client.Do(ctx, r, nil); err != nil && !azuredevops.IsGone(err) {
		return refused(err)
	}
	return nil
}

// Failures returns the newest deliveries of a subscription that failed, at most
// limit. Azure DevOps keeps them for a week or two.
func (a API) Failures(ctx context.Context, id string, limit int) ([]Notification, error) {
	list := azuredevops.List{Request: request(id, "notifications"), Paging: azuredevops.Unpaged}
	list.Query = url.Values{"maxResults": {strconv.Itoa(limit)}, "result": {"failed"}}
	var failures []Notification
	for w, err := range azuredevops.Items[wireNotification](ctx, a.client, list) {
		if err != nil {
			return nil, fmt.Errorf("reading the failed deliveries of subscription %s: %w", id, refused(err))
		}
		n, err := w.notification()
		if err != nil {
			return nil, fmt.Errorf("reading the failed deliveries of subscription %s: %w", id, err)
		}
		failures = append(failures, n)
	}
	return newest(failures, limit), nil
}

// queried is how many subscriptions one query asks about.
const queried = 200

// FailedSince returns, by subscription, the newest delivery that failed and was
// created since a time. It asks for many subscriptions at once
// (notificationsquery). The error of a server that has no such query is
// *servicehook.RefusedError.
func (a API) FailedSince(ctx context.Context, ids []string, since time.Time) (map[string]Notification, error) {
	failed := map[string]Notification{}
	for part := range slices.Chunk(ids, queried) {
		var answer struct {
			Results []wireNotification `json:"results"`
		}
		query := azuredevops.Request{
			Method: http.MethodPost, Path: []string{"_apis", "hooks", "notificationsquery"},
			Body: notificationsQuery{SubscriptionIDs: part, MinCreatedDate: since.UTC(), ResultType: "failed", MaxResultsPerSubscription: 1},
		}
		if _, err := a.client.Do(ctx, query, &answer); err != nil {
			return nil, fmt.Errorf("reading which deliveries failed: %w", refused(err))
		}
		for _, w := range answer.Results {
			n, err := w.notification()
			if err != nil {
				return nil, fmt.Errorf("reading which deliveries failed: %w", err)
			}
			if known, ok := failed[w.SubscriptionID]; n.Result == "failed" && (!ok || known.CreatedAt.Before(n.CreatedAt)) {
				failed[w.SubscriptionID] = n
			}
		}
	}
	return failed, nil
}

// notificationsQuery is the body of the query (REST API, Hooks, Notifications -
// Query).
type notificationsQuery struct {
	SubscriptionIDs           []string  `json:"subscriptionIds"`
	MinCreatedDate            time.Time `json:"minCreatedDate"`
	ResultType                string    `json:"resultType"`
	MaxResultsPerSubscription int       `json:"maxResultsPerSubscription"`
}

// request is one to the subscriptions, or to what is below one of them.
func request(below ...string) azuredevops.Request {
	return azuredevops.Request{Path: append([]string{"_apis", "hooks", "subscriptions"}, below...)}
}

// refused makes the answers that are no success what servicehook decides on.
func refused(err error) error {
	if e, ok := errors.AsType[*transport.StatusError](err); ok {
		return &servicehook.RefusedError{Status: e.Status, Message: e.Message, Err: err}
	}
	return err
}
