package fault

import (
	"maps"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// Options say how much goes wrong.
type Options struct {
	// Latency is added to every request.
	Latency time.Duration
	// Rate is the share of requests that fail, 0 to 1.
	Rate float64
	// Kinds are the ways to fail, which take turns; none means that nothing
	// fails.
	Kinds []Kind
	// Seed selects which requests fail: the n-th request to arrive fares the
	// same whenever the options are the same.
	Seed uint64
	// RetryAfter is what Throttle and Slow200 ask for, rounded up to seconds;
	// if it is negative, Throttle leaves the header out.
	RetryAfter time.Duration
}

// Injector is the middleware. It is safe for concurrent use.
type Injector struct {
	inner   http.Handler
	options Options

	mu       sync.Mutex // guards what follows
	random   *rand.Rand
	faults   int
	injected map[Kind]int
	// turns count, apart for requests with and without effects.
	turns map[turnKey]int
}

type turnKey struct {
	kind    Kind
	effects bool
}

// Wrap puts faults before h.
func Wrap(h http.Handler, o Options) *Injector {
	return &Injector{
		inner:    h,
		options:  o,
		random:   rand.New(rand.NewPCG(o.Seed, o.Seed^0x9E3779B97F4A7C15)),
		injected: map[Kind]int{},
		turns:    map[turnKey]int{},
	}
}

// Injected returns how many faults of each kind there were.
func (i *Injector) Injected() map[Kind]int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return maps.Clone(i.injected)
}

// ServeHTTP answers one request, or fails to.
func (i *Injector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !i.delay(r) {
		return
	}
	effects := hasEffects(r.Method)
	switch kind, turn := i.draw(effects); kind {
	case Throttle:
		i.throttle(w)
	case ServerError:
		i.serverError(w, r, turn, effects)
	case Reset:
		i.reset(r, turn, effects)
	case Truncate:
		i.truncate(w, r, turn, effects)
	case SignIn:
		answer(w, http.StatusNonAuthoritativeInfo, htmlType, signInPage)
	case Slow200:
		i.slow(w, r)
	default:
		i.inner.ServeHTTP(w, r)
	}
}

// draw decides about one request. The kind is "" if it does not fail; turn
// counts the faults of that kind that there were before.
func (i *Injector) draw(effects bool) (Kind, int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.random.Float64() >= i.options.Rate || len(i.options.Kinds) == 0 {
		return "", 0
	}
	kind := i.options.Kinds[i.faults%len(i.options.Kinds)]
	i.faults++
	i.injected[kind]++
	key := turnKey{kind, effects}
	turn := i.turns[key]
	i.turns[key]++
	return kind, turn
}

// delay waits for the latency; it returns false if the client went away.
func (i *Injector) delay(r *http.Request) bool {
	if i.options.Latency <= 0 {
		return true
	}
	timer := time.NewTimer(i.options.Latency)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// hasEffects reports whether carrying out a request may change something.
func hasEffects(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return false
	}
	return true
}
