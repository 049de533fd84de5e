package functionshost

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTimeSpan(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"00:00:30":         30 * time.Second,
		"00:10":            10 * time.Minute,
		"1.02:03:04":       26*time.Hour + 3*time.Minute + 4*time.Second,
		"1:02:03:04":       26*time.Hour + 3*time.Minute + 4*time.Second,
		"10":               10 * day,
		"-1":               -day,
		"-00:00:01":        -time.Second,
		"00:00:00.1":       100 * time.Millisecond,
		"00:00:00.0000001": 100 * time.Nanosecond,
		"00:00:01 ":        time.Second, //nolint:gocritic // the space is the point
	} {
		if got, err := parseTimeSpan(text); err != nil || got != want {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "30s", "24:00:00", "00:60:00", "00:00:60", "1:2:3:4:5", "00:00:00.12345678", "12345678901234567890", "a"} {
		if got, err := parseTimeSpan(text); err == nil {
			t.Errorf("%q is %v, want an error", text, got)
		}
	}
	for d, want := range map[time.Duration]string{
		10 * time.Minute: "00:10:00", 25*time.Hour + time.Second: "1.01:00:01", 100 * time.Millisecond: "00:00:00.1000000",
	} {
		if got := formatTimeSpan(d); got != want {
			t.Errorf("%v is written %q, want %q", d, got, want)
		}
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	s := newSettings([]string{"A=1", "a=2", "Section__Key=3", "EMPTY=", "EQUAL=x=y"})
	for text, want := range map[string]string{
		"%A%": "2", "x%a%y%EQUAL%z": "x2yx=yz", "%Section:Key%": "3", "%section__key%": "3", "plain": "plain", "": "",
	} {
		if got, err := s.resolve(text); err != nil || got != want {
			t.Errorf("%q resolves to %q, %v; want %q", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"%MISSING%": "'%MISSING%' does not resolve to a value.",
		"%EMPTY%":   "'%EMPTY%' does not resolve to a value.",
		"a%A%b%c":   "The '%' at position 5 does not have a closing '%'",
	} {
		if _, err := s.resolve(text); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	for text, want := range map[string]string{"%A%-%MISSING%": "2-", "100%": "100%", "%A%%": "2%", "plain": "plain"} {
		if got := s.expand(text); got != want {
			t.Errorf("%q expands to %q, want %q", text, got, want)
		}
	}
	if !s.has("section") || s.has("A") {
		t.Error("settings below a name are not found")
	}
}

// load reads a host.json and binds it.
func load(t *testing.T, text string, environment ...string) (config, []string, error) {
	t.Helper()
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "host.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	h, warnings, err := readHostJSON(root, newSettings(environment))
	if err != nil {
		return config{}, nil, err
	}
	c, err := h.bind()
	return c, warnings, err
}

func TestHostJSON(t *testing.T) {
	t.Parallel()
	c, warnings, err := load(t, `{
		"version": "2.0", "functionTimeout": "00:10:00", "functions": ["Walk", "refresh"],
		"logging": {"logLevel": {"default": "Warning", "Host.Function.Console": "Information"}},
		"extensions": {
			"http": {"routePrefix": "/", "maxConcurrentRequests": 100, "maxOutstandingRequests": 400},
			"queues": {"batchSize": 32, "newBatchThreshold": 8, "maxDequeueCount": 3, "visibilityTimeout": "00:00:10",
				"maxPollingInterval": "00:00:02", "messageEncoding": "NONE"}},
		"extensionBundle": {"id": "Microsoft.Azure.Functions.ExtensionBundle", "version": "[4.*, 5.0.0)"},
		"customHandler": {"description": {"defaultExecutablePath": "handler", "arguments": ["a"], "workingDirectory": "w"},
			"enableProxyingHttpRequest": true, "initializationTimeout": "00:00:05", "port": 8080}}`,
		"AzureFunctionsJobHost__extensions__queues__batchSize=16", "azurefunctionsjobhost:FUNCTIONTIMEOUT=-1",
		"AzureFunctionsJobHost__customHandler__enableForwardingHttpRequest=True")
	if err != nil || len(warnings) != 0 {
		t.Fatal(err, warnings)
	}
	want := config{
		functions: []string{"walk", "refresh"},
		levels:    map[string]Level{"default": Warning, "host.function.console": Information},
		bundle:    true,
		http:      httpConfig{outstanding: 400, concurrent: 100},
		queues:    queueConfig{batchSize: 16, newBatchThreshold: 8, maxDequeueCount: 3, visibilityTimeout: 10 * time.Second, maxPollingInterval: 2 * time.Second},
		handler: handlerConfig{
			executable: "handler", workingDirectory: "w", arguments: []string{"a"},
			proxy: true, forward: true, port: 8080, initialization: 5 * time.Second,
		},
	}
	if diff := cmp.Diff(want, c, cmp.AllowUnexported(config{}, httpConfig{}, queueConfig{}, handlerConfig{})); diff != "" {
		t.Error(diff)
	}
}

const smallest = `"version":"2.0","customHandler":{"description":{"defaultExecutablePath":"handler"}}`

func TestHostJSONDefaults(t *testing.T) {
	t.Parallel()
	c, _, err := load(t, "\ufeff{"+smallest+"}")
	if err != nil {
		t.Fatal(err)
	}
	if c.timeout != 30*time.Minute || c.http != (httpConfig{"api", -1, -1}) || c.bundle || c.functions != nil || c.handler.proxy || c.handler.forward {
		t.Errorf("%+v", c)
	}
	if q := c.queues; q.batchSize != 16 || q.newBatchThreshold < 8 || q.maxDequeueCount != 5 || q.visibilityTimeout != 0 || q.maxPollingInterval != time.Minute || !q.base64 {
		t.Errorf("%+v", q)
	}
	if c.handler.initialization != 30*time.Second {
		t.Errorf("%+v", c.handler)
	}
}

func TestHostJSONWarnings(t *testing.T) {
	t.Parallel()
	_, warnings, err := load(t, `{`+smallest+`,"queue":{"batchSize":1},"telemetryMode":"OpenTelemetry",
		"extensions":{"queues":{"maxDequeCount":2},"serviceBus":{"anything":1}},"aggregator":{"batchSize":1},"concurrency":{"dynamicConcurrencyEnabled":true}}`)
	want := []string{"host.json: concurrency is not emulated, so it has no effect here", "host.json: extensions:queues:maxdequecount is not known, so it has no effect", "host.json: queue is not known, so it has no effect"}
	if err != nil || !slices.Equal(warnings, want) {
		t.Errorf("%q, %v; want %q", warnings, err, want)
	}
}

func TestHostJSONErrors(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"no JSON":          {`{"version":`, "Unable to parse host configuration file"},
		"not an object":    {`[]`, "Unable to parse host configuration file"},
		"no version":       {`{}`, "missing the required 'version' property"},
		"old version":      {`{"version":"3.0"}`, "'3.0' is an invalid value"},
		"no handler":       {`{"version":"2.0"}`, "there is no customHandler section"},
		"no description":   {`{"version":"2.0","customHandler":{"port":1}}`, "Missing worker Description."},
		"no executable":    {`{"version":"2.0","customHandler":{"description":{"arguments":["a"]}}}`, "DefaultExecutablePath cannot be empty"},
		"routes":           {`{` + smallest + `,"customHandler":{"description":{"defaultExecutablePath":"handler"},"http":{"routes":[{"route":"{*r}"}]}}}`, "customhandler:http:routes is not emulated"},
		"old section":      {`{` + smallest + `,"httpWorker":{"description":{}, "x":1}}`, "httpworker is not emulated"},
		"short timeout":    {`{` + smallest + `,"functionTimeout":"00:00:00.5"}`, "functionTimeout must be at least 00:00:01"},
		"no time span":     {`{` + smallest + `,"functionTimeout":"5m"}`, `functiontimeout: "5m" is no time span`},
		"batch too large":  {`{` + smallest + `,"extensions":{"queues":{"batchSize":33}}}`, "batchSize must be 1 to 32"},
		"batch too small":  {`{` + smallest + `,"extensions":{"queues":{"batchSize":0}}}`, "batchSize must be 1 to 32"},
		"batch no number":  {`{` + smallest + `,"extensions":{"queues":{"batchSize":"many"}}}`, `"many": it must be an integer`},
		"threshold":        {`{` + smallest + `,"extensions":{"queues":{"newBatchThreshold":-1}}}`, "newBatchThreshold must not be negative"},
		"dequeue count":    {`{` + smallest + `,"extensions":{"queues":{"maxDequeueCount":0}}}`, "maxDequeueCount must be at least 1"},
		"polling":          {`{` + smallest + `,"extensions":{"queues":{"maxPollingInterval":"00:00:00.05"}}}`, "maxPollingInterval must be at least"},
		"visibility":       {`{` + smallest + `,"extensions":{"queues":{"visibilityTimeout":"7.00:00:01"}}}`, "visibilityTimeout must be 0 to 7 days"},
		"encoding":         {`{` + smallest + `,"extensions":{"queues":{"messageEncoding":"utf8"}}}`, "it must be base64 or none"},
		"http limit":       {`{` + smallest + `,"extensions":{"http":{"maxConcurrentRequests":0}}}`, "must be positive, or -1"},
		"bundle's id":      {`{` + smallest + `,"extensionBundle":{"id":"Mine","version":"[4.*, 5.0.0)"}}`, "The value of id property in extensionBundle"},
		"bundle's version": {`{` + smallest + `,"extensionBundle":{"id":"Microsoft.Azure.Functions.ExtensionBundle","version":"4.0.0"}}`, "The value of version property in extensionBundle"},
		"no version range": {`{` + smallest + `,"extensionBundle":{"id":"Microsoft.Azure.Functions.ExtensionBundle"}}`, "The value of version property in extensionBundle"},
		"old bundle":       {`{` + smallest + `,"extensionBundle":{"id":"Microsoft.Azure.Functions.ExtensionBundle","version":"[3.*, 4.0.0)"}}`, "needs bundle 4 or later"},
		"a level":          {`{` + smallest + `,"logging":{"logLevel":{"default":"Verbose"}}}`, `"Verbose" is no level`},
		"a flag":           {`{` + smallest + `,"customHandler":{"description":{"defaultExecutablePath":"h"},"enableProxyingHttpRequest":"yes"}}`, "it must be true or false"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, _, err := load(t, tt.text); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
	_, _, err := load(t, `{`+smallest+`,"extensions":{"queues":{"batchSize":0,"maxDequeueCount":0}}}`)
	if err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("%v, want both errors", err)
	}
}

func TestStartErrors(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{
		"no root":            {},
		"no host.json":       {Root: t.TempDir()},
		"a wrong setting":    {Root: t.TempDir(), Environment: []string{"A"}},
		"a nameless setting": {Root: t.TempDir(), Environment: []string{"=A"}},
	} {
		if h, err := Start(t.Context(), o); err == nil {
			h.Close()
			t.Errorf("%s: no error", name)
		}
	}
	a := newApp(t, hostJSONFor(""), nil)
	if h, err := Start(t.Context(), Options{Root: a.root, Address: "256.0.0.1:0"}); err == nil {
		h.Close()
		t.Error("a wrong address: no error")
	}
}

// TestLevels: a category has the level of its longest prefix.
func TestLevels(t *testing.T) {
	t.Parallel()
	l := &logs{tell: func(Line) {}, lines: kept[Line]{limit: 10}, levels: map[string]Level{
		"default": Warning, "host.function.console": Information, "function": Error, "function.walk": Debug, "host.results": none,
	}}
	for category, want := range map[string]Level{
		Console: Information, startup: Warning, "Function.refresh": Error, "Function.walk": Debug, "Function.walk.User": Debug, results: none,
	} {
		if got := l.least(category); got != want {
			t.Errorf("%s: %v, want %v", category, got, want)
		}
	}
	l.write(Error, results, "nothing")
	l.write(Debug, "Function.walk", "one")
	if lines := l.all(); len(lines) != 1 || lines[0].Text != "one" {
		t.Errorf("%v", lines)
	}
	if got := (&logs{}).least("Anything"); got != Information {
		t.Errorf("without settings %v", got)
	}
}

// TestKept: memory is bounded, and the newest stay.
func TestKept(t *testing.T) {
	t.Parallel()
	k := kept[int]{limit: 8}
	for i := range 100 {
		k.add(i)
		all := k.all()
		if len(all) > 10 || all[len(all)-1] != i || i >= 8 && len(all) < 8 {
			t.Fatalf("after %d: %v", i, all)
		}
	}
}

func TestSameKey(t *testing.T) {
	t.Parallel()
	if same("", "a") || same("ab", "a") || !same("a", "a") {
		t.Error("keys are compared wrongly")
	}
	if errors.Is(ErrHang, ErrTimeout) {
		t.Error("errors are not distinct")
	}
}
