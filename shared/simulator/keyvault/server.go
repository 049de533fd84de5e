// Package keyvault simulates a Key Vault, as far as reading secrets goes, and the
// managed identity endpoint that Azure Functions gives to an app. The vendor's
// clients, unmodified, work with both: in the same process, or in a child that
// is started with Environment.
//
// Its sources are Microsoft Learn, "Authentication, requests and responses" and
// "Azure Key Vault REST API error codes" for the vault, and "Use managed
// identities for App Service and Azure Functions", REST endpoint reference, for
// the identity.
package keyvault

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"
)

// Options of a Server. The zero value is usable.
type Options struct {
	// ClientID is that of the one managed identity, by default one that no other
	// server has: the vendor's client keeps tokens by it for the whole process.
	ClientID string
}

// Server is one vault and one identity. It is safe for concurrent use.
type Server struct {
	o        Options
	vault    *httptest.Server
	identity *httptest.Server
	header   string
	started  time.Time
	closing  chan struct{}

	mu      sync.Mutex // guards what follows
	secrets map[string]*stored
	reads   map[string]int
	tokens  map[string]int
	slow    time.Duration
	// refusal and identityRefusal are given in place of an answer, nil is none.
	refusal, identityRefusal *refusal
	versions                 int
}

// Start starts a server on free ports of the loopback interface. It has no
// secrets yet, and ends with Close.
func Start(o Options) (*Server, error) {
	if o.ClientID == "" {
		o.ClientID = guid()
	}
	s := &Server{
		o: o, header: guid(), started: time.Now(), closing: make(chan struct{}),
		secrets: map[string]*stored{}, reads: map[string]int{}, tokens: map[string]int{},
	}
	var err error
	if s.vault, err = listen(s.serveVault()); err != nil {
		return nil, err
	}
	if s.identity, err = listen(http.HandlerFunc(s.serveIdentity)); err != nil {
		return nil, errors.Join(err, s.vault.Listener.Close())
	}
	s.vault.StartTLS()
	s.identity.Start()
	return s, nil
}

func listen(h http.Handler) (*httptest.Server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it takes no time
	if err != nil {
		return nil, fmt.Errorf("starting the simulated Key Vault: %w", err)
	}
	return &httptest.Server{Listener: l, Config: &http.Server{
		Handler: h, ReadHeaderTimeout: time.Minute,
		ErrorLog: log.New(io.Discard, "", 0), // clients that do not trust it are no news
	}}, nil
}

// Close ends the server, and the requests that are under way. It MUST be called
// once.
func (s *Server) Close() {
	close(s.closing)
	s.vault.Close()
	s.identity.Close()
}

// guid returns a random UUID.
func guid() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
