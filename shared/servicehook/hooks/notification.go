package hooks

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"adoport/shared/azuredevops"
)

// Notification is one delivery of a subscription.
type Notification struct {
	// ID numbers the deliveries of a subscription.
	ID string
	// Status is queued, processing, requestInProgress or completed; Result is
	// pending, succeeded, failed or filtered.
	Status, Result string
	// CreatedAt is zero if Azure DevOps does not say.
	CreatedAt time.Time
	// Message says why it failed, and Attempts how often it was tried; "" and 0 if
	// the history does not have them.
	Message  string
	Attempts int
}

// wireNotification is a delivery in JSON. Its request is not decoded: it holds
// headers.
type wireNotification struct {
	ID             json.Number `json:"id"`
	SubscriptionID string      `json:"subscriptionId"`
	Status         string      `json:"status"`
	Result         string      `json:"result"`
	CreatedDate    string      `json:"createdDate"`
	Details        struct {
		ErrorMessage    string `json:"errorMessage"`
		RequestAttempts int    `json:"requestAttempts"`
	} `json:"details"`
}

func (w wireNotification) notification() (Notification, error) {
	var created time.Time
	if w.CreatedDate != "" {
		var err error
		if created, err = azuredevops.ParseTime(w.CreatedDate); err != nil {
			return Notification{}, fmt.Errorf("notification %s: createdDate: %w", w.ID, err)
		}
	}
	return Notification{
		ID: w.ID.String(), Status: w.Status, Result: w.Result, CreatedAt: created,
		Message: strings.Join(strings.Fields(w.Details.ErrorMessage), " "), Attempts: w.Details.RequestAttempts,
	}, nil
}

// newest are at most limit of them, the newest first.
func newest(all []Notification, limit int) []Notification {
	slices.SortStableFunc(all, func(a, b Notification) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return all[:min(limit, len(all))]
}
