package azuredevops

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

var (
	notificationStatuses = []string{"queued", "processing", "requestInProgress", "completed"}
	notificationResults  = []string{"pending", "succeeded", "failed", "filtered"}
)

// historyQuery selects notifications; with the results it is an answer too.
type historyQuery struct {
	SubscriptionIDs           []string   `json:"subscriptionIds"`
	PublisherID               string     `json:"publisherId,omitempty"`
	MinCreatedDate            *time.Time `json:"minCreatedDate,omitempty"`
	MaxCreatedDate            *time.Time `json:"maxCreatedDate,omitempty"`
	MaxResults                int        `json:"maxResults,omitempty"`
	MaxResultsPerSubscription int        `json:"maxResultsPerSubscription,omitempty"`
	Status                    string     `json:"status,omitempty"`
	ResultType                string     `json:"resultType,omitempty"`
	IncludeDetails            bool       `json:"includeDetails,omitempty"`
	Results                   []object   `json:"results"`
}

func (q *historyQuery) check() *reply {
	known := func(values []string, v string) bool {
		return v == "" || slices.ContainsFunc(values, func(k string) bool { return strings.EqualFold(k, v) })
	}
	if known(notificationStatuses, q.Status) && known(notificationResults, q.ResultType) {
		return nil
	}
	a := invalid("The status %q or the result %q is not valid.", q.Status, q.ResultType)
	return &a
}

// listNotifications answers GET _apis/hooks/subscriptions/{id}/notifications, the
// newest first.
func (s *Server) listNotifications(c *call) reply {
	most, failed := c.query.number("maxresults", 0)
	if failed != nil {
		return *failed
	}
	q := historyQuery{MaxResults: most, Status: c.query["status"], ResultType: c.query["result"]}
	if failed := q.check(); failed != nil {
		return *failed
	}
	return s.withSubscription(c, func(b *subscription) reply { return listReply(q.of(b)) })
}

// queryNotifications answers POST _apis/hooks/notificationsquery.
func (s *Server) queryNotifications(c *call) reply {
	var q historyQuery
	if err := json.Unmarshal(c.body, &q); err != nil {
		return invalid("The request body is not valid: %v", err)
	}
	if failed := q.check(); failed != nil {
		return *failed
	}
	q.Results = []object{}
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	for _, b := range s.hooks.subscriptions {
		wanted := len(q.SubscriptionIDs) == 0 || slices.ContainsFunc(q.SubscriptionIDs, func(id string) bool { return strings.EqualFold(id, b.id) })
		if wanted && b.isOf(q.PublisherID, "", "", "") {
			q.Results = append(q.Results, q.of(b)...)
		}
	}
	if q.MaxResults > 0 && len(q.Results) > q.MaxResults {
		q.Results = q.Results[:q.MaxResults]
	}
	return jsonReply(http.StatusOK, q)
}

// of returns what the query finds in the history of one subscription.
func (q *historyQuery) of(b *subscription) []object {
	rows := slices.DeleteFunc(slices.Clone(b.history), func(r *record) bool {
		return q.Status != "" && !strings.EqualFold(q.Status, r.status) ||
			q.ResultType != "" && !strings.EqualFold(q.ResultType, r.result) ||
			q.MinCreatedDate != nil && r.created.Before(*q.MinCreatedDate) ||
			q.MaxCreatedDate != nil && r.created.After(*q.MaxCreatedDate)
	})
	slices.SortStableFunc(rows, newestFirst)
	for _, most := range []int{q.MaxResults, q.MaxResultsPerSubscription} {
		if most > 0 && len(rows) > most {
			rows = rows[:most]
		}
	}
	bodies := make([]object, len(rows))
	for i, r := range rows {
		bodies[i] = r.body(b, q.IncludeDetails)
	}
	return bodies
}
