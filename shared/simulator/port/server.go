package port

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Options say how a Server behaves. The zero value is a generous one.
type Options struct {
	// ClientID and ClientSecret are the only accepted credentials, "client" and
	// "secret" by default.
	ClientID, ClientSecret string
	// Now is the service's clock, time.Now by default. It stamps entities, ends
	// tokens and rate-limit windows, and is sent in the Date header.
	Now func() time.Time
	// TokenLifetime is how long an access token is valid, 3 hours by default.
	TokenLifetime time.Duration

	// RateLimit is how many requests are answered in one RatePeriod; 0 means
	// more than anyone sends. The token route counts by itself, with the same
	// limit.
	RateLimit int
	// RatePeriod is 5 minutes by default.
	RatePeriod time.Duration
	// ResetAsEpoch sends x-ratelimit-reset as UTC epoch seconds, as Port's
	// rate-limit page says; otherwise it is the seconds until the reset, as
	// Port's own Terraform provider reads it.
	ResetAsEpoch bool

	// StrictDates refuses date-times with a lower-case t or z, or with a space
	// in place of the T. Without a zone they are always refused.
	StrictDates bool
	// ShapeErrorsByIndex makes an entity of a wrong shape in a bulk upsert fail
	// alone, by index, instead of the whole request with 422.
	ShapeErrorsByIndex bool
	// LogWrites keeps what Log returns.
	LogWrites bool
}

func (o Options) withDefaults() Options {
	if o.ClientID == "" {
		o.ClientID = "client"
	}
	if o.ClientSecret == "" {
		o.ClientSecret = "secret"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.TokenLifetime == 0 {
		o.TokenLifetime = 3 * time.Hour
	}
	if o.RateLimit == 0 {
		o.RateLimit = 1_000_000_000
	}
	if o.RatePeriod == 0 {
		o.RatePeriod = 5 * time.Minute
	}
	return o
}

// Server is the simulated service. All its methods are safe for concurrent use.
type Server struct {
	options Options
	mux     *http.ServeMux
	tokens  *tokens
	// entityLimit counts the requests with a token, tokenLimit those for one.
	entityLimit, tokenLimit *limiter
	traces                  atomic.Uint64

	// mu guards the catalog: writers hold it alone, searches share it.
	mu    sync.RWMutex
	store *store

	// oracleMu guards what tests see and set. It is never held while mu is
	// being waited for.
	oracleMu sync.Mutex
	requests map[string]int
	fail     FailFunc
}

// New returns a server with an empty catalog.
func New(o Options) *Server {
	o = o.withDefaults()
	s := &Server{
		options:     o,
		mux:         http.NewServeMux(),
		tokens:      newTokens(o),
		entityLimit: newLimiter(o),
		tokenLimit:  newLimiter(o),
		store:       newStore(o),
		requests:    map[string]int{},
	}
	s.routes()
	return s
}

// ServeHTTP answers one request of Port's API. Every answer carries the
// rate-limit headers and X-Trace-Id.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Date", s.options.Now().UTC().Format(http.TimeFormat))
	h.Set("X-Trace-Id", fmt.Sprintf("%032x", s.traces.Add(1)))
	s.mux.ServeHTTP(w, r)
}

func (s *Server) routes() {
	const (
		blueprints = "/v1/blueprints"
		blueprint  = blueprints + "/{blueprint}"
		entities   = blueprint + "/entities"
		entity     = entities + "/{entity}"
	)
	s.public("POST /v1/auth/access_token", s.accessToken)

	s.private("GET "+blueprints, s.listBlueprints)
	s.private("POST "+blueprints, s.createBlueprint)
	s.private("GET "+blueprint, s.getBlueprint)
	s.private("PUT "+blueprint, s.replaceBlueprint)
	s.private("PATCH "+blueprint, s.patchBlueprint)
	s.private("DELETE "+blueprint, s.deleteBlueprint)

	s.private("POST "+entities, s.upsertEntity)
	s.private("POST "+entities+"/bulk", s.upsertEntities)
	s.private("GET "+entities, s.listEntities)
	s.private("GET "+entity, s.getEntity)
	s.private("PUT "+entity, s.replaceEntity)
	s.private("PATCH "+entity, s.patchEntity)
	s.private("DELETE "+entity, s.deleteEntity)
	s.private("POST "+blueprint+"/bulk/entities/delete", s.deleteEntities)
	s.private("DELETE "+blueprint+"/all-entities", s.deleteAllEntities)
	s.private("GET "+blueprint+"/entities-count", s.countEntities)

	s.private("POST "+entities+"/search", s.searchBlueprint)
	s.private("POST /v1/entities/search", s.searchAll)
	s.private("POST "+blueprints+"/entities/datasource-entities", s.searchDatasource)

	s.private("/", func(c *call) error {
		return notFound("Route %s %s was not found", c.r.Method, c.r.URL.Path)
	})
}

// public registers a route that needs no token.
func (s *Server) public(pattern string, h func(*call) error) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		s.count(pattern)
		c := &call{w: w, r: r}
		if err := s.tokenLimit.take(w.Header()); err != nil {
			c.fail(err)
			return
		}
		if err := h(c); err != nil {
			c.fail(err)
		}
	})
}

// private registers a route that needs a valid token.
func (s *Server) private(pattern string, h func(*call) error) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		s.count(pattern)
		c := &call{w: w, r: r}
		err := s.entityLimit.take(w.Header())
		if err == nil {
			err = s.tokens.check(r.Header.Get("Authorization"))
		}
		if err == nil {
			err = h(c)
		}
		if err != nil {
			c.fail(err)
		}
	})
}
