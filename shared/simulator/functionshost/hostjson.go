package functionshost

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// hostJSON is host.json as .NET's configuration has it: the values of the leaves
// by path, in lower case and joined by colons (host, HostJsonFileConfigurationSource.cs).
type hostJSON map[string]string

// jobHost is where host.json is in the configuration; an app setting
// AzureFunctionsJobHost__path__to__value replaces a value of host.json.
const jobHost = "azurefunctionsjobhost:"

// topLevel are the keys that the host knows; it ignores others.
var topLevel = []string{
	"version", "functiontimeout", "retry", "functions", "http", "watchdirectories", "watchfiles", "queues", "servicebus",
	"eventhub", "singleton", "logging", "aggregator", "healthmonitor", "extensionbundle", "manageddependencies",
	"customhandler", "httpworker", "extensions", "concurrency", "configurationprofile", "telemetrymode",
}

// readHostJSON reads host.json and lays the overrides of the app settings over
// it. warnings name the keys that the host does not know.
func readHostJSON(root string, s settings) (h hostJSON, warnings []string, err error) {
	path := filepath.Join(root, "host.json")
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("there is no host.json in %s: it says which custom handler to run", root)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("reading host.json: %w", err)
	}
	var object map[string]any
	decoder := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	decoder.UseNumber()
	if err := decoder.Decode(&object); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", hostErrorf("Unable to parse host configuration file '%s'.", path), err)
	}
	h = hostJSON{}
	h.flatten("", object)
	warnings = h.unknown()
	for key, value := range s {
		if path, ok := strings.CutPrefix(key, jobHost); ok {
			h[path] = value
		}
	}
	return h, warnings, h.checkVersion()
}

// flatten adds the leaves below a path.
func (h hostJSON) flatten(path string, value any) {
	switch value := value.(type) {
	case map[string]any:
		for key, below := range value {
			h.flatten(join(path, strings.ToLower(key)), below)
		}
	case []any:
		for i, below := range value {
			h.flatten(join(path, strconv.Itoa(i)), below)
		}
	case bool:
		h[path] = strconv.FormatBool(value)
	case nil:
		h[path] = ""
	default: // strings and numbers
		h[path] = fmt.Sprint(value)
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + ":" + key
}

// checkVersion refuses other schemas; the words are the host's.
func (h hostJSON) checkVersion() error {
	switch version := h["version"]; version {
	case "2.0":
		return nil
	case "":
		return hostError("The host.json file is missing the required 'version' property.")
	default:
		return hostErrorf("'%s' is an invalid value for host.json 'version' property. We recommend you set the 'version' property to '2.0'.", version)
	}
}

// knownBelow are the keys of the sections that matter here (Learn, "host.json
// reference"; host, HttpWorkerOptions.cs).
var knownBelow = map[string][]string{
	"":                          topLevel,
	"extensions:http":           {"routeprefix", "maxoutstandingrequests", "maxconcurrentrequests", "dynamicthrottlesenabled", "hsts", "customheaders"},
	"extensions:queues":         {"maxpollinginterval", "visibilitytimeout", "batchsize", "maxdequeuecount", "newbatchthreshold", "messageencoding"},
	"extensionbundle":           {"id", "version"},
	"customhandler":             {"description", "enableforwardinghttprequest", "enableproxyinghttprequest", "port", "initializationtimeout", "http", "type"},
	"customhandler:description": {"defaultexecutablepath", "workingdirectory", "workerdirectory", "arguments", "workerarguments", "language", "defaultworkerpath"},
}

// unknown names the keys that the host ignores: a misspelled one has no effect.
func (h hostJSON) unknown() []string {
	var warnings []string
	for path := range h {
		for section, known := range knownBelow {
			key, ok := below(path, section)
			if !ok || slices.Contains(known, key) {
				continue
			}
			warning := fmt.Sprintf("host.json: %s is not known, so it has no effect", join(section, key))
			if !slices.Contains(warnings, warning) {
				warnings = append(warnings, warning)
			}
		}
	}
	for _, section := range []string{"retry", "concurrency"} {
		if h.section(section) {
			warnings = append(warnings, fmt.Sprintf("host.json: %s is not emulated, so it has no effect here", section))
		}
	}
	slices.Sort(warnings)
	return warnings
}

// below returns the key of a path that follows a section.
func below(path, section string) (key string, ok bool) {
	if section != "" {
		if path, ok = strings.CutPrefix(path, section+":"); !ok {
			return "", false
		}
	}
	key, _, _ = strings.Cut(path, ":")
	return key, true
}

// section reports whether there is anything below a path.
func (h hostJSON) section(path string) bool {
	for key := range h {
		if key == path || strings.HasPrefix(key, path+":") {
			return true
		}
	}
	return false
}

// list returns the elements of an array.
func (h hostJSON) list(path string) []string {
	var values []string
	for i := 0; ; i++ {
		value, ok := h[path+":"+strconv.Itoa(i)]
		if !ok {
			return values
		}
		values = append(values, value)
	}
}
