package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"adoport/shared/ingest"
)

// RetryOptions say how often and after which waits a request is tried again.
// Zero fields have the defaults below.
type RetryOptions struct {
	// Attempts is how often a request that fails is sent in all; 6.
	Attempts int
	// Throttled is how often a request may be answered with "slow down" in all;
	// 30. Throttling is not failure, so these tries do not spend Attempts.
	Throttled int
	// Confirm is how often refused credentials are tried again before they are
	// believed to be wrong; 4. A sign-in page can be a passing fault.
	Confirm int
	// Base is the first wait; it doubles up to Cap. 200 ms and 10 s.
	Base, Cap time.Duration
	// TryTimeout ends one try; 100 s.
	TryTimeout time.Duration
}

func (o RetryOptions) withDefaults() RetryOptions {
	set := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	set(&o.Attempts, 6)
	set(&o.Throttled, 30)
	set(&o.Confirm, 4)
	if o.Base <= 0 {
		o.Base = 200 * time.Millisecond
	}
	if o.Cap <= 0 {
		o.Cap = 10 * time.Second
	}
	if o.TryTimeout <= 0 {
		o.TryTimeout = 100 * time.Second
	}
	return o
}

// retryable are the statuses after which the same request may well succeed.
var retryable = []int{
	http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError,
	http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
}

// retryPolicy sends a request until it has an answer that is final. azcore's own
// policy is not used because it never retries a POST whose body broke off, and
// all our POSTs are reads or idempotent.
type retryPolicy struct {
	o     Options
	stats *counters
}

// tries counts what was spent of a request's budgets.
type tries struct{ failed, throttled, refused int }

func (p *retryPolicy) Do(req *policy.Request) (*http.Response, error) {
	var spent tries
	for {
		resp, err := p.try(req)
		again, err := p.judge(req.Raw(), resp, err, &spent)
		if !again {
			return resp, err
		}
		p.stats.retries.Add(1)
		if err := p.o.Retry.Wait(req.Raw().Context(), spent.failed+spent.throttled+spent.refused); err != nil {
			return nil, err
		}
	}
}

func (p *retryPolicy) try(req *policy.Request) (*http.Response, error) {
	ctx := req.Raw().Context()
	start := time.Now()
	resp, err := req.Clone(ctx).Next()
	status := 0
	if resp != nil {
		status = resp.StatusCode
	}
	p.o.Logger.LogAttrs(ctx, slog.LevelDebug, "request", slog.String("system", p.o.System),
		slog.String("method", req.Raw().Method), slog.String("url", Redact(req.Raw().URL)),
		slog.Int("status", status), slog.Duration("took", time.Since(start)), slog.Bool("broken", err != nil))
	return resp, err
}

// timeoutPolicy ends one try. It is inside the gate, for the wait there MUST NOT
// count; the download of the body does.
type timeoutPolicy struct{ o Options }

func (p *timeoutPolicy) Do(req *policy.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Raw().Context(), p.o.Retry.TryTimeout)
	defer cancel()
	return req.Clone(ctx).Next()
}

// judge decides whether to try again, and if not, what the caller gets.
func (p *retryPolicy) judge(req *http.Request, resp *http.Response, err error, spent *tries) (again bool, _ error) {
	if ctxErr := req.Context().Err(); ctxErr != nil {
		return false, fmt.Errorf("%s %s: %w", req.Method, Redact(req.URL), context.Cause(req.Context()))
	}
	var refused *unauthorizedError
	switch {
	case err == nil && resp.StatusCode < 300:
		return false, nil
	case errors.As(err, &refused) || err == nil && resp.StatusCode == http.StatusUnauthorized:
		if err == nil {
			err = p.statusError(req, resp)
		}
		spent.refused++
		if spent.refused <= p.o.Retry.Confirm && p.o.Authorizer != nil {
			p.o.Authorizer.Refresh(req.Context())
			return true, nil
		}
		return spent.refused <= p.o.Retry.Confirm, &ingest.AuthError{System: p.o.System, Advice: p.o.Advice, Err: err}
	case err != nil:
		return p.broken(req, err, spent)
	case p.throttled(resp):
		spent.throttled++
		return spent.throttled < p.o.Retry.Throttled, p.statusError(req, resp)
	case slices.Contains(retryable, resp.StatusCode):
		spent.failed++
		return spent.failed < p.o.Retry.Attempts, gaveUp(spent.failed, p.statusError(req, resp))
	default:
		return false, p.statusError(req, resp)
	}
}

// broken judges a try that gave no answer.
func (p *retryPolicy) broken(req *http.Request, err error, spent *tries) (bool, error) {
	if final, ok := errors.AsType[*finalError](err); ok {
		return false, final.err
	}
	if inner, ok := errors.AsType[*url.Error](err); ok {
		err = inner.Err // the outer one prints the URL with its query
	}
	spent.failed++
	err = &BrokenError{fmt.Errorf("%s %s: %w", req.Method, Redact(req.URL), err)}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return false, err
	}
	return spent.failed < p.o.Retry.Attempts, gaveUp(spent.failed, err)
}

func gaveUp(n int, err error) error {
	if n <= 1 {
		return err
	}
	return fmt.Errorf("gave up after %d tries: %w", n, err)
}

func (p *retryPolicy) throttled(resp *http.Response) bool {
	if resp.StatusCode == http.StatusTooManyRequests {
		p.stats.throttled.Add(1)
		return true
	}
	return resp.StatusCode >= 500 && resp.Header.Get("Retry-After") != "" && p.o.Throttle(resp.Header, resp.StatusCode, time.Now()) > 0
}

func (p *retryPolicy) statusError(req *http.Request, resp *http.Response) error {
	r, err := readResponse(resp)
	if err != nil {
		return err
	}
	code, message := p.o.Explain(r.Body)
	e := &StatusError{
		System: p.o.System, Method: req.Method, URL: Redact(req.URL), Status: r.Status,
		Code: code, Message: message, RetryAfter: p.o.Throttle(r.Header, r.Status, time.Now()),
	}
	if p.o.TraceHeader != "" {
		e.TraceID = r.Header.Get(p.o.TraceHeader)
	}
	return e
}

// Wait waits before the n-th further try, from 1: from Base, doubled up to Cap,
// less up to a third at random so that requests that failed together do not come
// back together. It returns ctx's error when that ends first.
func (o RetryOptions) Wait(ctx context.Context, n int) error {
	o = o.withDefaults()
	d := o.Base << min(n-1, 20)
	if d > o.Cap || d <= 0 {
		d = o.Cap
	}
	return sleep(ctx, d-rand.N(d/3+1))
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
