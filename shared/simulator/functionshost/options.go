package functionshost

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// HostVersion is what the stand-in says its version is: one of 2026.
const HostVersion = "4.1052.200.0"

const (
	// defaultVisibility is how long a received message is invisible
	// (azure-sdk-for-net, QueueListener.cs).
	defaultVisibility = 10 * time.Minute
	// defaultGrace is how long after a timeout the host waits before it kills the
	// handler (azure-webjobs-sdk, TimeoutAttribute.cs).
	defaultGrace = 5 * time.Second
	// defaultActivity is how long a proxied request may be idle (host,
	// DefaultHttpProxyService.cs).
	defaultActivity = 240 * time.Second
	// defaultRetention bounds the memory of lines and of invocations.
	defaultRetention = 50_000
)

// Options say what to run, and how fast.
type Options struct {
	// Root is the script root: the folder of host.json.
	Root string
	// Environment are the app settings, "NAME=value", which the handler gets as
	// environment variables. Those of this process are not passed on, but for
	// PATH, HOME and TMPDIR.
	Environment []string
	// Storage is the connection string of AzureWebJobsStorage. The handler gets
	// it too, unless Environment has settings of that name, which then are for
	// the handler alone: AzureWebJobsStorage__accountName, for example.
	Storage string
	// Address is where HTTP is served, 127.0.0.1:0 if it is empty.
	Address string
	// MasterKey and FunctionKey are accepted in x-functions-key and ?code=; they
	// are drawn if they are empty.
	MasterKey, FunctionKey string
	// Log gets every line as it comes, from several goroutines. Nil drops it.
	Log func(Line)
	// Schedules is where the status of timers is kept. Hosts that share one are
	// instances of one app, or the same app started again. Nil is a new one.
	Schedules *Schedules

	// AddExecuteBit makes the handler executable, as the host tries to on Linux
	// Consumption and Flex Consumption only (host, WorkerProcess.cs).
	AddExecuteBit bool

	// MaxPollingInterval, if it is shorter than that of host.json, replaces it:
	// tests need not wait for the host to look at a queue.
	MaxPollingInterval time.Duration
	// MessageVisibility replaces the 10 minutes for which a received message is
	// invisible; the storage service counts in seconds.
	MessageVisibility time.Duration
	// TimeoutGrace replaces the 5 seconds between functionTimeout and the kill.
	TimeoutGrace time.Duration
	// ActivityTimeout replaces the 240 seconds for which a proxied request may be
	// idle.
	ActivityTimeout time.Duration
	// Retention is how many lines and invocations are remembered, 50,000 if it is
	// 0; the oldest go first.
	Retention int
}

// withDefaults returns the options with every empty one set.
func (o Options) withDefaults() (Options, error) {
	if o.Root == "" {
		return o, errors.New("Options.Root is empty: it is the folder of host.json")
	}
	root, err := filepath.Abs(o.Root)
	if err != nil {
		return o, fmt.Errorf("finding the script root: %w", err)
	}
	o.Root = root
	for i, setting := range o.Environment {
		if name, _, ok := strings.Cut(setting, "="); !ok || name == "" {
			return o, fmt.Errorf("Options.Environment[%d] is not NAME=value", i)
		}
	}
	for key, drawn := range map[*string]string{&o.MasterKey: newGUID(), &o.FunctionKey: newGUID()} {
		if *key == "" {
			*key = drawn
		}
	}
	if o.Address == "" {
		o.Address = "127.0.0.1:0"
	}
	if o.Log == nil {
		o.Log = func(Line) {}
	}
	if o.Schedules == nil {
		o.Schedules = &Schedules{}
	}
	if o.Retention <= 0 {
		o.Retention = defaultRetention
	}
	for field, value := range map[*time.Duration]time.Duration{
		&o.MessageVisibility: defaultVisibility,
		&o.TimeoutGrace:      defaultGrace,
		&o.ActivityTimeout:   defaultActivity,
	} {
		if *field <= 0 {
			*field = value
		}
	}
	return o, nil
}
