package azurefunctions

import (
	"context"
	"log/slog"
	"net/http"
)

// invocationHeader carries the ID of the invocation, by which a person finds
// everything that belongs to it.
const invocationHeader = "X-Azure-Functions-InvocationId"

// invocation is what a log line says of where it comes from.
type invocation struct{ function, id string }

type invocationKey struct{}

// invoked puts the invocation into the context of a request.
func (s *Server) invoked(function string, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i := invocation{function: function, id: r.Header.Get(invocationHeader)}
		h.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), invocationKey{}, i)))
	})
}

// logHandler adds the invocation to every line.
type logHandler struct{ slog.Handler }

// LogHandler returns a handler that adds "function" and "invocation" to what is
// logged while a function is invoked: the host logs what a handler prints without
// either.
func LogHandler(h slog.Handler) slog.Handler { return logHandler{h} }

// Handle adds the attributes.
func (h logHandler) Handle(ctx context.Context, r slog.Record) error {
	if i, ok := ctx.Value(invocationKey{}).(invocation); ok {
		r = r.Clone()
		r.AddAttrs(slog.String("function", i.function), slog.String("invocation", i.id))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs keeps adding the attributes.
func (h logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return logHandler{h.Handler.WithAttrs(attrs)}
}

// WithGroup keeps adding the attributes, into the group.
func (h logHandler) WithGroup(name string) slog.Handler {
	return logHandler{h.Handler.WithGroup(name)}
}
