package azurefunctions

import (
	"log/slog"
	"net/http"
)

// Server routes what the host sends. It is an http.Handler once all functions
// were added; adding is not safe for concurrent use.
type Server struct {
	mux *http.ServeMux
	log *slog.Logger
}

// NewServer returns a server that answers GET /, by which the host asks whether
// the process is up, and nothing else.
func NewServer(log *slog.Logger) *Server {
	s := &Server{mux: http.NewServeMux(), log: log}
	s.mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { succeed(w) })
	s.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		write(w, http.StatusNotFound, failure{Error: "there is no such function"})
	})
	return s
}

// HTTP adds a function that is triggered by requests to a path, the route prefix
// included. It gets them as they came.
func (s *Server) HTTP(function, path string, h http.Handler) {
	s.mux.Handle(path, s.invoked(function, h))
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }
