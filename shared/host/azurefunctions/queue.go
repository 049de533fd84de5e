package azurefunctions

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"adoport/shared/ingest"
)

const (
	// invocationTimeout ends an invocation by itself before functionTimeout of
	// host.json, 10 minutes, ends the process.
	invocationTimeout = 9 * time.Minute
	// roomTimeout is how long a task waits for others of this process. What is left
	// of its time MUST be enough to handle it.
	roomTimeout = 3 * time.Minute
	// settleTimeout is how long a queue may take to take a task back.
	settleTimeout = 20 * time.Second
	// leastDelay is how long a task waits that says nothing of it: one that comes
	// back at once would spin.
	leastDelay = time.Second
)

// Mailbox is the queue behind a queue trigger. The host takes messages off it and
// deletes or counts them by the answer; the rest is up to the handler.
type Mailbox interface {
	// Delivered makes a delivery of a message's text and of how often the host
	// took it off the queue. The error means that the text is no task.
	Delivered(text string, dequeueCount int) (ingest.Delivery, error)
	// SendBack sends the task again after delay, without spending a try.
	SendBack(ctx context.Context, d ingest.Delivery, delay time.Duration) error
	// SetAside keeps the task for a person, with the reason.
	SetAside(ctx context.Context, d ingest.Delivery, reason string) error
}

// Queue is a function that is triggered by a queue.
type Queue struct {
	Function string
	// Binding is the name of the trigger in function.json.
	Binding string
	// Name is that of the queue, for the log.
	Name string
	// Mailbox opens the queue. It MUST be cheap after the first time.
	Mailbox func() (Mailbox, error)
	// Handle handles a delivery, as ingest.Engine.Handle does:
	//
	//   - no error: the message is done;
	//   - *ingest.ThrottledError: it is sent again with that delay;
	//   - any other error: the invocation fails and the host delivers the message
	//     again, until at attempt ingest.MaxAttempts it is set aside with the error.
	Handle func(ctx context.Context, d ingest.Delivery) error
	// Limit is how many are handled at once in this process; others wait, and are
	// sent again when that takes too long. 0 is no limit.
	Limit int
}

// Queue adds a function that is triggered by a queue.
func (s *Server) Queue(q Queue) {
	h := &queueHandler{Queue: q, log: s.log}
	if q.Limit > 0 {
		h.slots = make(chan struct{}, q.Limit)
	}
	s.mux.Handle("POST /"+q.Function, s.invoked(q.Function, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		box, d, err := h.open(w, r)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		if err := h.settle(r.Context(), box, d, h.call(r.Context(), d)); err != nil {
			fail(w, http.StatusInternalServerError, err)
			return
		}
		succeed(w)
	})))
}

type queueHandler struct {
	Queue
	log   *slog.Logger
	slots chan struct{} // nil if there is no limit
}

// open reads the task out of an invocation.
func (h *queueHandler) open(w http.ResponseWriter, r *http.Request) (Mailbox, ingest.Delivery, error) {
	e, err := readEnvelope(w, r)
	if err != nil {
		return nil, ingest.Delivery{}, err
	}
	text, err := e.text(h.Binding)
	if err != nil {
		return nil, ingest.Delivery{}, err
	}
	box, err := h.Mailbox()
	if err != nil {
		return nil, ingest.Delivery{}, fmt.Errorf("opening queue %s: %w", h.Name, err)
	}
	count, ok := e.number("DequeueCount")
	if !ok {
		count = 1
	}
	d, err := box.Delivered(text, count)
	if err != nil {
		return nil, ingest.Delivery{}, fmt.Errorf("reading a message of queue %s: %w", h.Name, err)
	}
	return box, d, nil
}

// call handles a delivery when there is room for it.
func (h *queueHandler) call(ctx context.Context, d ingest.Delivery) error {
	ctx, cancel := context.WithTimeout(ctx, invocationTimeout)
	defer cancel()
	if h.slots != nil {
		if err := h.enter(ctx); err != nil {
			return err
		}
		defer func() { <-h.slots }()
	}
	return safely(func() error { return h.Handle(ctx, d) })
}

// enter takes a slot. That there is none is no failure of the task, and MUST NOT
// cost it a try.
func (h *queueHandler) enter(ctx context.Context) error {
	patience := time.NewTimer(roomTimeout)
	defer patience.Stop()
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-patience.C:
		return &ingest.ThrottledError{System: "this process, which is busy,", After: leastDelay}
	case <-ctx.Done():
		return fmt.Errorf("waiting for other tasks of this process: %w", context.Cause(ctx))
	}
}

// settle does with a delivery what its error asks for. The error that it returns
// is for the host, which delivers the message again.
func (h *queueHandler) settle(ctx context.Context, box Mailbox, d ingest.Delivery, err error) error {
	if err == nil {
		h.tell(ctx, slog.LevelDebug, "task done", d)
		return nil
	}
	// What was decided MUST be done also if the host has gone meanwhile.
	settling, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
	defer cancel()
	var throttled *ingest.ThrottledError
	switch {
	case errors.As(err, &throttled):
		delay := max(throttled.After, leastDelay)
		h.tell(ctx, slog.LevelInfo, "task is throttled", d, slog.Duration("delay", delay), slog.Any("error", err))
		return h.settled(ctx, d, err, box.SendBack(settling, d, delay))
	case d.Attempt >= ingest.MaxAttempts:
		h.tell(ctx, slog.LevelError, "task is set aside: it failed too often", d, slog.Any("error", err))
		return h.settled(ctx, d, err, box.SetAside(settling, d, err.Error()))
	default:
		h.tell(ctx, slog.LevelWarn, "task failed and is tried again", d, slog.Any("error", err))
		return err
	}
}

// settled returns nil if a queue took a task; else the host keeps its message.
func (h *queueHandler) settled(ctx context.Context, d ingest.Delivery, why, err error) error {
	if err == nil {
		return nil
	}
	h.tell(ctx, slog.LevelError, "the queue does not take a task; the host delivers it again", d, slog.Any("error", err))
	return errors.Join(why, err)
}

func (h *queueHandler) tell(ctx context.Context, level slog.Level, message string, d ingest.Delivery, more ...slog.Attr) {
	h.log.LogAttrs(ctx, level, message, append(append(d.LogAttrs(), slog.String("queue", h.Name)), more...)...)
}
