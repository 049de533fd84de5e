package functionshost

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"
)

// retryJSON is function.json's retry.
type retryJSON struct {
	Strategy        string `json:"strategy"`
	MaxRetryCount   *int   `json:"maxRetryCount"`
	DelayInterval   string `json:"delayInterval"`
	MinimumInterval string `json:"minimumInterval"`
	MaximumInterval string `json:"maximumInterval"`
}

// retryPolicy says how often a failed invocation of a timer is made again; other
// triggers here do not support one (Learn, "Azure Functions error handling and
// retries").
type retryPolicy struct {
	// max is -1 if there is no end.
	max   int
	delay func(retry int) time.Duration
}

// policy checks the policy as the host does (host, Utility.cs, ValidateRetryOptions).
func (r *retryJSON) policy() (*retryPolicy, error) {
	if r == nil {
		return nil, nil
	}
	if r.MaxRetryCount == nil {
		return nil, hostError("Value cannot be null. (Parameter 'MaxRetryCount')")
	}
	if *r.MaxRetryCount < -1 {
		return nil, fmt.Errorf("retry.maxRetryCount is %d: it must be -1, for no end, or more", *r.MaxRetryCount)
	}
	switch strings.ToLower(r.Strategy) {
	case "fixeddelay":
		delay, err := interval("DelayInterval", r.DelayInterval)
		return &retryPolicy{max: *r.MaxRetryCount, delay: func(int) time.Duration { return delay }}, err
	case "exponentialbackoff":
		return r.exponential()
	default:
		return nil, fmt.Errorf("retry.strategy is %q: it must be fixedDelay or exponentialBackoff", r.Strategy)
	}
}

func (r *retryJSON) exponential() (*retryPolicy, error) {
	shortest, err := interval("MinimumInterval", r.MinimumInterval)
	if err != nil {
		return nil, err
	}
	longest, err := interval("MaximumInterval", r.MaximumInterval)
	if err != nil {
		return nil, err
	}
	if shortest > longest {
		return nil, errors.New("retry.minimumInterval is longer than retry.maximumInterval")
	}
	delay := func(retry int) time.Duration {
		grown := (0.8 + 0.4*rand.Float64()) * math.Pow(2, float64(retry)) * float64(shortest)
		return time.Duration(min(max(grown, float64(shortest)), float64(longest)))
	}
	return &retryPolicy{max: *r.MaxRetryCount, delay: delay}, nil
}

func interval(name, text string) (time.Duration, error) {
	if text == "" {
		return 0, hostErrorf("Value cannot be null. (Parameter '%s')", name)
	}
	return parseTimeSpan(text)
}

// retriable returns the event of a try; retry is its RetryContext, nil if there is
// no policy.
type retriable func(retry *object) event

// executeWithRetries invokes a function, and again as its policy says; every try is
// an invocation of its own. It returns the last (azure-webjobs-sdk,
// FunctionExecutorExtensions.cs).
func (h *Host) executeWithRetries(f *function, r retriable) Invocation {
	if f.retry == nil {
		return h.execute(f, r(nil))
	}
	var last error
	for retry := 0; ; retry++ {
		i := h.execute(f, r(retryContext(retry, f.retry, last)))
		if last = i.Err; last == nil || retry == f.retry.max {
			return i
		}
		delay := f.retry.delay(retry)
		h.tell(i, Debug, "Waiting for `%s` before retrying function execution. Next attempt: '%d'. Max retry count: '%d'", formatTimeSpan(delay), retry+1, f.retry.max)
		wait := time.NewTimer(delay)
		select {
		case <-wait.C:
		case <-h.life.Done():
			wait.Stop()
			return i
		}
	}
}
