package functionshost

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"time"
)

// Start starts the host: it reads host.json and the functions, starts the handler
// unless there is no function, and listens. It does not wait for the handler: Ready
// does. ctx is for starting; the host ends with Close.
//
// Its error is what is wrong with host.json, all of it, in which case the host would
// not start either. A function in error is no error of the host: see FunctionErrors.
func Start(ctx context.Context, o Options) (*Host, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("starting the Functions host: %w", err)
	}
	h := &Host{
		options:     o,
		settings:    newSettings(o.Environment),
		logs:        &logs{tell: o.Log, lines: kept[Line]{limit: o.Retention}},
		invocations: &invocations{list: kept[Invocation]{limit: o.Retention}, changed: make(chan struct{})},
		timers:      map[*function]*timer{},
		done:        make(chan struct{}),
	}
	h.life, h.end = context.WithCancelCause(context.WithoutCancel(ctx))
	h.listening, h.silence = context.WithCancel(h.life)
	if err := h.configure(); err != nil {
		h.end(err)
		return nil, fmt.Errorf("starting the Functions host: %w", err)
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", o.Address)
	if err != nil {
		h.end(err)
		return nil, fmt.Errorf("starting the Functions host: %w", err)
	}
	h.url = "http://" + listener.Addr().String()
	h.begin(listener)
	return h, nil
}

// configure reads host.json and the functions.
func (h *Host) configure() error {
	document, warnings, err := readHostJSON(h.options.Root, h.settings)
	if err != nil {
		return err
	}
	if h.config, err = document.bind(); err != nil {
		return err
	}
	h.logs.levels = h.config.levels
	for _, warning := range warnings {
		h.logs.write(Warning, standIn, "%s", warning)
	}
	l := loader{
		root: h.options.Root, config: h.config, settings: h.settings, storage: h.options.Storage,
		warn: func(text string) { h.logs.write(Warning, startup, "%s", text) },
	}
	if err := l.load(); err != nil {
		return err
	}
	h.functions, h.errors = l.functions, l.errors
	h.logs.write(Information, startup, "%d functions loaded", len(h.functions))
	for _, name := range sorted(h.errors) {
		if _, ok := errors.AsType[*indexingError](h.errors[name]); ok {
			h.logs.write(Warning, startup, "Function 'Functions.%s' failed indexing and will be disabled.", name)
		}
		h.logs.write(Error, startup, "The '%s' function is in error: %v", name, h.errors[name])
	}
	return h.prepare()
}

// prepare makes what runs later.
func (h *Host) prepare() error {
	port, err := h.config.handler.choosePort()
	if err != nil {
		return err
	}
	h.worker = &worker{
		options: h.options, command: h.config.handler.command(h.options.Root, h.settings),
		timeout: h.config.handler.initialization, port: port, client: newClient(newTransport()),
		logs: h.logs, stop: h.end, life: h.life, ready: make(chan struct{}),
	}
	h.throttle = newThrottle(h.config.http, h.logs)
	h.server = &http.Server{Handler: h, ReadHeaderTimeout: headerTimeout, ErrorLog: log.New(&lineWriter{write: func(line string) {
		h.logs.write(Warning, standIn, "%s", line)
	}}, "", 0)}
	for _, f := range h.functions {
		if f.schedule != nil {
			h.timers[f] = newTimer(h, f)
		}
	}
	return nil
}

// headerTimeout is how long a client may take for the headers of a request, as in
// Kestrel.
const headerTimeout = 30 * time.Second

// newTransport returns the transport to the handler: HTTP/1.1, no proxy, and as many
// connections as there are invocations.
func newTransport() *http.Transport {
	return &http.Transport{
		DisableCompression:  true,
		MaxIdleConnsPerHost: 100,
	}
}

// begin starts the handler and the listeners. Without functions there is nothing
// to do.
func (h *Host) begin(listener net.Listener) {
	if len(h.functions) == 0 {
		h.logs.write(Warning, startup, "No job functions found.")
		h.worker.set(initialized)
		h.worker.settle(errors.New("the handler is not started: there are no functions"))
	} else {
		h.worker.start()
	}
	for _, f := range h.functions {
		switch {
		case f.disabled:
			h.logs.write(Information, startup, "Function 'Functions.%s' is disabled", f.name)
		case f.queue != nil:
			h.listeners.Go(func() { newListener(h, f).listen(h.listening) })
		case f.schedule != nil:
			h.listeners.Go(func() { h.timers[f].listen(h.listening) })
		case f.route != nil:
			h.logs.write(Information, startup, "Mapped function route '%s' %v to '%s'", f.route.path, f.route.methods, f.name)
		}
	}
	go h.serve(listener)
	go h.finish()
	h.logs.write(Information, startup, "Job host started")
}
