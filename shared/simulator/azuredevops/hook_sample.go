package azuredevops

import (
	"encoding/json"
	"errors"
	"net/http"
)

// sampleEvent is the ID of the event of every test notification that was not
// made from real data (seen in uselagoon/lagoon#3470 and elsewhere).
const sampleEvent = "03c164c2-8912-4d5e-8009-3707d5f83734"

// TestNotification sends what the portal's button "Test" sends: sample data of
// Fabrikam, in the name of a subscription of zeros. It uses the event type and
// the consumer inputs of sub, which need not exist, and is sent once. It is an
// error if StartHooks does not run.
func (s *Server) TestNotification(sub Subscription) error {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	_, err := s.postSample(&subscription{
		id: zeroID, publisher: sub.PublisherID, eventType: sub.EventType, version: sub.ResourceVersion, consumer: webHooks, action: httpRequest,
		publisherInputs: sub.PublisherInputs, consumerInputs: sub.ConsumerInputs,
	})
	return err
}

func (s *Server) postSample(b *subscription) (*notification, error) {
	c := s.hooks.courier
	if c == nil {
		return nil, errors.New("sending a test notification: no hooks are running")
	}
	n := s.newNotification(b, sampleEvent, b.eventType)
	n.role = sample
	n.body = mustEncode(s.envelope(b, sampleOf(b), n))
	c.pending++
	c.enqueue(n)
	return n, nil
}

// createTestNotification answers POST _apis/hooks/testnotifications. It does not
// wait for the delivery: the answer says "queued".
func (s *Server) createTestNotification(c *call) reply {
	var body struct {
		Details subscriptionBody `json:"details"`
	}
	if err := json.Unmarshal(c.body, &body); err != nil {
		return invalid("The request body is not valid: %v", err)
	}
	b, _, failed := s.readSubscription(mustEncode(body.Details))
	if failed != nil {
		return *failed
	}
	b.id = zeroID
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	if failed := s.checkSubscription(b); failed != nil {
		return *failed
	}
	n, err := s.postSample(b)
	if err != nil {
		return hookError(http.StatusBadRequest, "NotificationException", "%v", err)
	}
	return jsonReply(http.StatusOK, n.record.body(b, false))
}

// sampleOf is the event of a test notification. Its IDs are those of the
// documentation and exist nowhere.
func sampleOf(b *subscription) *event {
	project := &project{id: "be9b3917-87e6-42a4-a549-2bc06a7a878f", name: "Fabrikam-Fiber-Git", state: wellFormed}
	repository := object{
		"id": "278d5cd2-584d-4b63-824a-2ba458937249", "name": "Fabrikam-Fiber-Git", "defaultBranch": "refs/heads/master", "size": 728,
		"url":     "https://fabrikam-fiber-inc.visualstudio.com/DefaultCollection/_apis/git/repositories/278d5cd2-584d-4b63-824a-2ba458937249",
		"project": object{"id": "6ce954b1-ce1f-45d1-b94d-e6bf2464ba2c", "name": "Fabrikam-Fiber-Git", "state": wellFormed},
	}
	return &event{
		publisher: b.publisher, eventType: b.eventType, project: project,
		text: "This is a test of " + b.eventType, page: "https://fabrikam-fiber-inc.visualstudio.com/web",
		resource: func(string, string) object {
			return object{
				"id": 5, "workItemId": 5, "rev": 1, "pushId": 14, "pullRequestId": 1, "repository": repository,
				"definition": object{"id": 1, "name": "ConsumerAddressModule"}, "pipeline": object{"id": 1, "name": "ConsumerAddressModule"},
				"fields": object{"System.Title": "Some great new idea!", "System.WorkItemType": "Bug"},
				"url":    "https://fabrikam-fiber-inc.visualstudio.com/DefaultCollection/_apis/wit/workItems/5",
			}
		},
	}
}
