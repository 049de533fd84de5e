package functionshost

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// config is what the stand-in uses of host.json.
type config struct {
	// timeout is functionTimeout, 0 if there is none.
	timeout time.Duration
	// functions are those to load, in lower case; nil means all.
	functions []string
	levels    map[string]Level
	// bundle says that there is an extension bundle, which has the queue bindings.
	bundle  bool
	http    httpConfig
	queues  queueConfig
	handler handlerConfig
}

type httpConfig struct {
	prefix string
	// outstanding and concurrent are -1 if there is no limit.
	outstanding, concurrent int
}

type queueConfig struct {
	batchSize, newBatchThreshold, maxDequeueCount int
	visibilityTimeout, maxPollingInterval         time.Duration
	base64                                        bool
}

// bind reads the configuration. It returns all that is wrong at once.
func (h hostJSON) bind() (config, error) {
	b := binder{h: h}
	c := config{
		timeout:   b.functionTimeout(),
		functions: b.allowed(),
		levels:    b.levels(),
		bundle:    b.bundle(),
		http:      b.http(),
		queues:    b.queues(),
		handler:   b.handler(),
	}
	return c, errors.Join(b.errs...)
}

// binder converts values and collects what is wrong with them.
type binder struct {
	h    hostJSON
	errs []error
}

func (b *binder) fail(format string, a ...any) {
	b.errs = append(b.errs, fmt.Errorf("host.json: "+format, a...))
}

// functionTimeout is 30 minutes by default, at least a second, and endless if it
// is -1, which .NET reads as minus one day (host, ScriptJobHostOptionsSetup.cs).
// The limit of 10 minutes is of the Consumption plan only.
func (b *binder) functionTimeout() time.Duration {
	d := b.duration("functiontimeout", 30*time.Minute)
	switch {
	case d == -day:
		return 0
	case d < time.Second:
		b.fail("functionTimeout must be at least 00:00:01, or -1 for no limit")
	}
	return d
}

// allowed is the list of functions to load, which excludes all others.
func (b *binder) allowed() []string {
	names := b.h.list("functions")
	for i, name := range names {
		names[i] = strings.ToLower(name)
	}
	return names
}

func (b *binder) levels() map[string]Level {
	levels := map[string]Level{}
	const section = "logging:loglevel:"
	for path, name := range b.h {
		category, ok := strings.CutPrefix(path, section)
		if !ok {
			continue
		}
		level, err := parseLevel(name)
		if err != nil {
			b.fail("logging.logLevel.%s: %w", category, err)
		}
		levels[category] = level
	}
	return levels
}

// http reads extensions.http; both limits are off by default (azure-webjobs-sdk-extensions,
// HttpOptions.cs), and only the old Consumption plan sets them.
func (b *binder) http() httpConfig {
	prefix, ok := b.h["extensions:http:routeprefix"]
	if !ok {
		prefix = "api"
	}
	c := httpConfig{
		prefix:      strings.Trim(prefix, "/"),
		outstanding: b.number("extensions:http:maxoutstandingrequests", -1),
		concurrent:  b.number("extensions:http:maxconcurrentrequests", -1),
	}
	for _, limit := range []int{c.outstanding, c.concurrent} {
		if limit == 0 || limit < -1 {
			b.fail("extensions.http: maxOutstandingRequests and maxConcurrentRequests must be positive, or -1 for no limit")
		}
	}
	return c
}

// queues reads extensions.queues (azure-sdk-for-net, QueuesOptions.cs).
func (b *binder) queues() queueConfig {
	const section = "extensions:queues:"
	c := queueConfig{
		batchSize:          b.number(section+"batchsize", 16),
		maxDequeueCount:    b.number(section+"maxdequeuecount", 5),
		visibilityTimeout:  b.duration(section+"visibilitytimeout", 0),
		maxPollingInterval: b.duration(section+"maxpollinginterval", time.Minute),
	}
	c.newBatchThreshold = b.number(section+"newbatchthreshold", c.batchSize/2*runtime.NumCPU())
	switch encoding := b.h[section+"messageencoding"]; strings.ToLower(encoding) {
	case "", "base64":
		c.base64 = true
	case "none":
	default:
		b.fail("extensions.queues.messageEncoding is %q: it must be base64 or none", encoding)
	}
	for _, rule := range []struct {
		broken bool
		text   string
	}{
		{c.batchSize < 1 || c.batchSize > 32, "batchSize must be 1 to 32, as many as the service gives at once"},
		{c.newBatchThreshold < 0, "newBatchThreshold must not be negative"},
		{c.maxDequeueCount < 1, "maxDequeueCount must be at least 1"},
		{c.maxPollingInterval < minPolling, "maxPollingInterval must be at least 00:00:00.100"},
		{c.visibilityTimeout < 0 || c.visibilityTimeout > 7*day, "visibilityTimeout must be 0 to 7 days, as far as the service goes"},
	} {
		if rule.broken {
			b.fail("extensions.queues.%s", rule.text)
		}
	}
	return c
}

// bundleIDs are the extension bundles there are (Learn, "Azure Functions
// extension bundles").
var bundleIDs = []string{"Microsoft.Azure.Functions.ExtensionBundle", "Microsoft.Azure.Functions.ExtensionBundle.Preview", "Microsoft.Azure.Functions.ExtensionBundle.Experimental"}

// bundle reports whether there is a bundle that a Flex Consumption app can have:
// version 4 or later, as a range in brackets. The words are the host's
// (ExtensionBundleConfigurationHelper.cs).
func (b *binder) bundle() bool {
	if !b.h.section("extensionbundle") {
		return false
	}
	if !slices.Contains(bundleIDs, b.h["extensionbundle:id"]) {
		b.errs = append(b.errs, hostError("The value of id property in extensionBundle section of host.json file is invalid or missing."))
	}
	version := b.h["extensionbundle:version"]
	lower, _, isRange := strings.Cut(strings.TrimLeft(version, "[("), ",")
	major, err := strconv.Atoi(strings.SplitN(strings.TrimSpace(lower), ".", 2)[0])
	switch {
	case err != nil || !isRange || !strings.ContainsAny(version[:1], "[(") || !strings.ContainsAny(version[len(version)-1:], ")]"):
		b.errs = append(b.errs, hostError("The value of version property in extensionBundle section of host.json file is invalid or missing."))
	case major < 4:
		b.fail("extensionBundle.version is %q: Flex Consumption needs bundle 4 or later, like [4.*, 5.0.0)", version)
	}
	return true
}

// number reads an integer.
func (b *binder) number(path string, byDefault int) int {
	text, ok := b.h[path]
	if !ok {
		return byDefault
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.fail("%s is %q: it must be an integer", path, text)
		return byDefault
	}
	return n
}

// duration reads a time span.
func (b *binder) duration(path string, byDefault time.Duration) time.Duration {
	text, ok := b.h[path]
	if !ok {
		return byDefault
	}
	d, err := parseTimeSpan(text)
	if err != nil {
		b.fail("%s: %w", path, err)
		return byDefault
	}
	return d
}

// flag reads a boolean.
func (b *binder) flag(path string) bool {
	text, ok := b.h[path]
	if !ok {
		return false
	}
	on, err := strconv.ParseBool(strings.ToLower(text))
	if err != nil {
		b.fail("%s is %q: it must be true or false", path, text)
	}
	return on
}
