package functionshost

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azqueue/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azqueue/v2/queueerror"

	"adoport/shared/simulator/azurite"
)

// store is a queue of a test's own, in Azurite.
type store struct {
	t       *testing.T
	name    string
	storage string
	service *azqueue.ServiceClient
}

func newStore(t *testing.T) *store {
	t.Helper()
	s := &store{t: t, name: fmt.Sprintf("adoport-%d", rand.Uint64()), storage: azurite.Shared(t).ConnectionString()}
	service, err := azqueue.NewServiceClientFromConnectionString(s.storage, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.service = service
	return s
}

func (s *store) create() {
	s.t.Helper()
	if _, err := s.service.CreateQueue(s.t.Context(), s.name, nil); err != nil {
		s.t.Fatal(err)
	}
}

// send adds a text as it is.
func (s *store) send(text string) {
	s.t.Helper()
	if _, err := s.service.NewQueueClient(s.name).EnqueueMessage(s.t.Context(), text, nil); err != nil {
		s.t.Fatal(err)
	}
}

func encoded(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

// length returns how many messages a queue has, those that are invisible too; none
// if it is not there.
func (s *store) length(name string) int {
	s.t.Helper()
	properties, err := s.service.NewQueueClient(name).GetProperties(s.t.Context(), nil)
	if queueerror.HasCode(err, queueerror.QueueNotFound) {
		return 0
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return int(*properties.ApproximateMessagesCount)
}

// poisoned returns the text of the message that is set aside.
func (s *store) poisoned() string {
	s.t.Helper()
	response, err := s.service.NewQueueClient(s.name+poisonSuffix).PeekMessage(s.t.Context(), nil)
	if err != nil || len(response.Messages) != 1 {
		s.t.Fatalf("%d messages are set aside, %v", len(response.Messages), err)
	}
	return *response.Messages[0].MessageText
}

// app returns an app with the function refresh on the queue; queues are the options
// of extensions.queues.
func (s *store) app(queues string) *app {
	a := newApp(s.t, hostJSONFor(`"extensions":{"queues":{`+queues+`}}`), map[string]string{
		"refresh": bindings(`{"type":"queueTrigger","direction":"in","name":"task","queueName":"%QUEUE%"}`),
	})
	return a
}

func (s *store) options() Options {
	return Options{Storage: s.storage, Environment: []string{"QUEUE=" + strings.ToUpper(s.name)}}
}

// TestQueue: a message of the queue arrives in an envelope, and is deleted when it
// was carried out.
func TestQueue(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	a := s.app("")
	a.onRequest(func(received) reply {
		return reply{Header: jsonType, Body: `{"Outputs":{},"Logs":["said"],"ReturnValue":null}`}
	})
	h := a.start(s.options()) // the queue is not there yet
	s.create()
	s.send(encoded(`{"version":1}`))
	i := await(a, h, "refresh", 1)
	if i.Err != nil || i.Reason != "New queue message detected on '"+s.name+"'." {
		t.Errorf("%+v", i)
	}
	r := a.requests()[0]
	if r.Method != http.MethodPost || r.URL != "/refresh" || r.Length != -1 || r.Header.Get(invocationHeader) != i.ID || r.Header.Get(versionHeader) != HostVersion {
		t.Errorf("the handler got %+v", r)
	}
	for _, part := range []string{`{"Data":{"task":"\"{\\\"version\\\":1}\""},"Metadata":{"DequeueCount":"1",`, `"Id":"\"`, `"PopReceipt":"\"`, `"version":"\"1\""}}`} {
		if !strings.Contains(r.Body, part) {
			t.Errorf("%s is not in %s", part, r.Body)
		}
	}
	eventually(t, "the message is deleted", func() bool { return s.length(s.name) == 0 })
	if !hasLine(h, Information, "Trigger Details: MessageId: ") || !hasLine(h, Information, "said") {
		t.Error("the log does not tell")
	}
}

// TestPoison: a message that fails maxDequeueCount times is set aside as it was.
func TestPoison(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.create()
	a := s.app(`"maxDequeueCount":3`)
	a.onRequest(func(received) reply { return reply{Status: 500} })
	h := a.start(s.options())
	s.send(encoded("x"))
	i := await(a, h, "refresh", 3)
	if i.Err == nil || !strings.Contains(i.Err.Error(), "does not indicate success: 500") {
		t.Errorf("%v", i.Err)
	}
	eventually(t, "it is set aside", func() bool { return s.length(s.name+poisonSuffix) == 1 && s.length(s.name) == 0 })
	for n, r := range a.requests() {
		if !strings.Contains(r.Body, fmt.Sprintf(`"DequeueCount":"%d"`, n+1)) {
			t.Errorf("try %d: %s", n+1, r.Body)
		}
	}
	if len(a.requests()) != 3 || s.poisoned() != encoded("x") || !hasLine(h, Warning, "Message has reached MaxDequeueCount of 3. Moving message to queue '"+s.name+"-poison'.") {
		t.Errorf("%d tries", len(a.requests()))
	}
}

// TestVisibilityTimeout: a message that failed comes again only after it.
func TestVisibilityTimeout(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.create()
	a := s.app(`"visibilityTimeout":"01:00:00"`)
	a.onRequest(func(received) reply { return reply{Status: 500} })
	h := a.start(s.options())
	s.send(encoded("x"))
	await(a, h, "refresh", 1)
	// A later message is the proof that the host has looked again.
	s.send(encoded("y"))
	await(a, h, "refresh", 2)
	if got := a.requests(); len(got) != 2 || !strings.Contains(got[1].Body, `"\"y\""`) || s.length(s.name) != 2 {
		t.Errorf("%d requests", len(got))
	}
}

// TestUndecodable: what is no base64 is set aside without an invocation, unless
// messageEncoding is none.
func TestUndecodable(t *testing.T) {
	t.Parallel()
	t.Run("base64", func(t *testing.T) {
		t.Parallel()
		s := newStore(t)
		s.create()
		a := s.app(`"messageEncoding":"base64"`)
		h := a.start(s.options())
		s.send(`{"a":1}`)
		eventually(t, "it is set aside", func() bool { return s.length(s.name+poisonSuffix) == 1 && s.length(s.name) == 0 })
		if len(a.requests()) != 0 || len(h.Invocations()) != 0 || s.poisoned() != `{"a":1}` || !hasLine(h, Warning, "Message decoding has failed!") {
			t.Error("it was invoked, or changed")
		}
	})
	t.Run("none", func(t *testing.T) {
		t.Parallel()
		s := newStore(t)
		s.create()
		a := s.app(`"messageEncoding":"none"`)
		h := a.start(s.options())
		s.send(`{"a":1}`)
		await(a, h, "refresh", 1)
		if r := a.requests()[0]; !strings.Contains(r.Body, `"task":"\"{\\\"a\\\":1}\""`) {
			t.Errorf("%s", r.Body)
		}
	})
	t.Run("no UTF-8", func(t *testing.T) {
		t.Parallel()
		s := newStore(t)
		s.create()
		a := s.app(`"maxDequeueCount":2`)
		h := a.start(s.options())
		s.send("/w==")
		if i := await(a, h, "refresh", 2); i.Err == nil || !strings.Contains(i.Err.Error(), "Exception binding parameter 'task'") {
			t.Errorf("%v", i.Err)
		}
		eventually(t, "it is set aside", func() bool { return s.length(s.name+poisonSuffix) == 1 })
		if len(a.requests()) != 0 {
			t.Error("it came to the handler")
		}
	})
}

// TestDequeuedTooOften: a message that others received too often is set aside at
// once.
func TestDequeuedTooOften(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.create()
	s.send(encoded("x"))
	queue := s.service.NewQueueClient(s.name)
	for range 2 {
		response, err := queue.DequeueMessage(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		m := response.Messages[0]
		if _, err := queue.UpdateMessage(t.Context(), *m.MessageID, *m.PopReceipt, *m.MessageText, &azqueue.UpdateMessageOptions{VisibilityTimeout: new(int32)}); err != nil {
			t.Fatal(err)
		}
	}
	a := s.app(`"maxDequeueCount":2`)
	h := a.start(s.options())
	eventually(t, "it is set aside", func() bool { return s.length(s.name+poisonSuffix) == 1 && s.length(s.name) == 0 })
	if len(h.Invocations()) != 0 {
		t.Error("it was invoked")
	}
}

// TestPoisonOfPoison: a poison queue has none of its own: what fails stays.
func TestPoisonOfPoison(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.name += poisonSuffix
	s.create()
	a := s.app(`"maxDequeueCount":1`)
	a.onRequest(func(received) reply { return reply{Status: 500} })
	h := a.start(s.options())
	s.send(encoded("x"))
	await(a, h, "refresh", 1)
	s.send("not base64")
	s.send(encoded("y"))
	await(a, h, "refresh", 2)
	if s.length(s.name) != 3 || s.length(s.name+poisonSuffix) != 0 {
		t.Errorf("%d messages are left", s.length(s.name))
	}
}

// TestConcurrency: batchSize and newBatchThreshold bound what is processed at once.
func TestConcurrency(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.create()
	for n := range 12 {
		s.send(encoded(strconv.Itoa(n)))
	}
	a := s.app(`"batchSize":4,"newBatchThreshold":2`)
	var mu sync.Mutex
	now, most := 0, 0
	release := make(chan struct{})
	a.onRequest(func(received) reply {
		mu.Lock()
		now++
		most = max(most, now)
		mu.Unlock()
		<-release
		mu.Lock()
		now--
		mu.Unlock()
		return ok
	})
	h := a.start(s.options())
	eventually(t, "a batch is processed", func() bool { return len(a.requests()) == 4 })
	for range 2 { // so two are left, and the next batch comes
		release <- struct{}{}
	}
	eventually(t, "another batch", func() bool { return len(a.requests()) == 8 })
	close(release)
	await(a, h, "refresh", 12)
	mu.Lock()
	defer mu.Unlock()
	if most > 6 {
		t.Errorf("%d at once, want 6 at most", most)
	}
}

// TestQueueOutputs: what a function gives to a queue binding is enqueued.
func TestQueueOutputs(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	a := newApp(t, hostJSONFor(""), map[string]string{
		"tick": bindings(timerIn, `{"type":"queue","direction":"out","name":"out","queueName":"`+s.name+`"}`),
	})
	a.onRequest(func(received) reply {
		return reply{Header: jsonType, Body: `{"Outputs":{"out":["a","b"],"other":"x"}}`}
	})
	h := a.start(Options{Storage: s.storage, Environment: []string{never}})
	if i, err := h.RunTimer(a.context(), "tick"); err != nil || i.Err != nil {
		t.Fatal(err, i.Err)
	}
	limit := int32(32)
	response, err := s.service.NewQueueClient(s.name).PeekMessages(t.Context(), &azqueue.PeekMessagesOptions{NumberOfMessages: &limit})
	if err != nil || len(response.Messages) != 2 || *response.Messages[0].MessageText != encoded("a") || *response.Messages[1].MessageText != encoded("b") {
		t.Errorf("%d messages, %v", len(response.Messages), err)
	}
}

// TestMoreBindings: one output more, and HTTP is wrapped instead of proxied.
func TestMoreBindings(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	a := newApp(t, hostJSONFor(""), map[string]string{
		"hook": bindings(`{"type":"httpTrigger","direction":"in","name":"request","authLevel":"anonymous"}`, httpOut,
			`{"type":"queue","direction":"out","name":"out","queueName":"`+s.name+`"}`),
	})
	a.onRequest(func(received) reply {
		return reply{Header: jsonType, Body: `{"Outputs":{"response":{"statusCode":202},"out":"eyJhIjoxfQ=="}}`}
	})
	h := a.start(Options{Storage: s.storage})
	if got := send(t, h, "POST", "/api/hook", nil, strings.NewReader("x")); got.status != 202 {
		t.Errorf("%+v", got)
	}
	if r := a.requests()[0]; r.URL != "/hook" || !strings.HasPrefix(r.Body, `{"Data":{"request":{"Url":"`+h.URL()+`/api/hook"`) {
		t.Errorf("the handler got %+v", r)
	}
	response, err := s.service.NewQueueClient(s.name).PeekMessage(t.Context(), nil)
	if err != nil || len(response.Messages) != 1 || *response.Messages[0].MessageText != "eyJhIjoxfQ==" {
		t.Errorf("%d messages, %v", len(response.Messages), err)
	}
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	b := newBackoff(time.Second)
	if got := b.next(false); got != minPolling {
		t.Errorf("first %v", got)
	}
	last := time.Duration(0)
	for range 20 {
		got := b.next(false)
		if got < last || got > time.Second {
			t.Errorf("%v after %v", got, last)
		}
		last = got
	}
	if last != time.Second {
		t.Errorf("at last %v", last)
	}
	if got := b.next(true); got != minPolling {
		t.Errorf("after a message %v", got)
	}
	if got := newBackoff(time.Millisecond).next(false); got != time.Millisecond {
		t.Errorf("a short one begins with %v", got)
	}
}

func TestQueueNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"abc": true, "a-b-1": true, strings.Repeat("a", 63): true,
		"": false, "ab": false, strings.Repeat("a", 64): false, "-abc": false, "abc-": false, "a--b": false, "a_bc": false, "äbc": false,
	} {
		if err := checkQueueName(name); (err == nil) != want {
			t.Errorf("%q: %v", name, err)
		}
	}
	q, err := openQueue(account, strings.Repeat("a", 60))
	if err != nil || q.poison != nil {
		t.Errorf("a long name has a poison queue: %v", err)
	}
}
