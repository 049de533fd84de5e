// Command handler is the custom handler that the Azure Functions host starts. It
// serves the functions on the port that the host gives it. Nothing that touches
// the network happens before that port is open.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"adoport/cmd/internal/wiring"
	"adoport/shared/host/azurefunctions"
	"adoport/shared/settings"
)

// version is set when a release is built.
var version = "dev"

func main() {
	wiring.LimitMemory()
	err := serve(context.Background(), os.Getenv)
	// Standard error, which the host shows as the reason why the handler ended.
	// The exit code MUST NOT be 0: the host would believe that all is well, and
	// start no other handler.
	fmt.Fprintln(os.Stderr, "adoport handler:", err)
	os.Exit(1)
}

// portVariable is where the host says on which port it expects the handler.
const portVariable = "FUNCTIONS_CUSTOMHANDLER_PORT"

// serve serves until it cannot any more, and returns why.
func serve(ctx context.Context, getenv func(string) string) error {
	port := getenv(portVariable)
	if port == "" {
		return errors.New(portVariable + " is not set: this program is started by the Azure Functions host; to run everything on a computer, use adoport run")
	}
	// The host connects to 127.0.0.1 only.
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		return fmt.Errorf("listening on the port of %s: %w", portVariable, err)
	}
	s, settingsErr := settings.Load(getenv)
	log := newLogger(s.LogLevel)
	slog.SetDefault(log) // what logs without being told where
	app := newApp(ctx, s, settingsErr, log)
	server := &http.Server{
		Handler: app.server(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 5 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	log.LogAttrs(ctx, slog.LevelInfo, "handler is ready", slog.String("version", version))
	return fmt.Errorf("serving: %w", server.Serve(listener))
}

// newLogger writes JSON to standard output: the host takes what comes on standard
// error for errors.
func newLogger(level slog.Level) *slog.Logger {
	return slog.New(azurefunctions.LogHandler(slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{Level: level})))
}
