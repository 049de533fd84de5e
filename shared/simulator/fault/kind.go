package fault

import "slices"

// Kind is a way to fail.
type Kind string

const (
	// Throttle answers 429 with Retry-After and a TF400733 body; the request is
	// not carried out.
	Throttle Kind = "throttle"
	// ServerError answers 500, 502, 503 and 504 in turn. A request with effects
	// is carried out before a 502 or a 504: its answer was lost on the way.
	ServerError Kind = "server error"
	// Reset closes the connection without an answer. A request with effects is
	// carried out every second time.
	Reset Kind = "reset"
	// Truncate cuts the answer in half: at first it breaks the connection
	// before Content-Length is reached, the second time it is a whole answer
	// whose JSON is cut, and so on in turn. A request with effects is carried
	// out or not, in turn too, so that all four pairs occur.
	Truncate Kind = "truncate"
	// SignIn answers 203 with a sign-in page; the request is not carried out.
	SignIn Kind = "sign-in"
	// Slow200 gives the real answer with the headers of a throttled caller:
	// Retry-After and X-RateLimit-*.
	Slow200 Kind = "slow 200"
)

var all = []Kind{Throttle, ServerError, Reset, Truncate, SignIn, Slow200}

// All returns every kind.
func All() []Kind { return slices.Clone(all) }
