package functionshost

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// function is one that was loaded.
type function struct {
	// name is the folder's, in its case; the handler gets it as the path.
	name     string
	bindings []binding
	trigger  binding
	// disabled functions are not triggered, and are not there for HTTP; the admin
	// endpoint runs them all the same.
	disabled bool
	retry    *retryPolicy

	// What follows is of the trigger's type.
	route    *route    // httpTrigger
	schedule *schedule // timerTrigger
	queue    *queue    // queueTrigger
	// queues are those of the queue outputs, by the binding's name.
	queues map[string]*queue
}

// functionJSON is function.json; the case of its names does not matter.
type functionJSON struct {
	Bindings []binding       `json:"bindings"`
	Disabled json.RawMessage `json:"disabled"`
	Retry    *retryJSON      `json:"retry"`
}

// functionName is what a folder may be called, apart from host (host, Utility.cs).
var functionName = regexp.MustCompile(`(?i)^[a-z][a-z0-9_\-]{0,127}$`)

// loader finds the functions of a script root.
type loader struct {
	root     string
	config   config
	settings settings
	storage  string
	warn     func(text string)

	functions []*function
	// errors are those of the functions in error, by name. They are not run, and
	// the others are (host, HostFunctionMetadataProvider.cs).
	errors map[string]error
}

// load looks into the first-level folders only; those without a function.json
// are no functions.
func (l *loader) load() error {
	l.errors = map[string]error{}
	entries, err := os.ReadDir(l.root)
	if err != nil {
		return fmt.Errorf("reading the script root: %w", err)
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int {
		return cmp.Compare(strings.ToLower(a.Name()), strings.ToLower(b.Name()))
	})
	for _, entry := range entries {
		data, err := os.ReadFile(filepath.Join(l.root, entry.Name(), "function.json"))
		switch {
		case !isFolder(l.root, entry), errors.Is(err, fs.ErrNotExist), !l.allowed(entry.Name()):
			continue
		case err == nil:
			err = l.add(entry.Name(), data)
		}
		if err != nil {
			l.errors[entry.Name()] = err
		}
	}
	return nil
}

func isFolder(root string, entry fs.DirEntry) bool {
	info, err := os.Stat(filepath.Join(root, entry.Name())) // follows links, as the host does
	return err == nil && info.IsDir()
}

// allowed reports whether host.json's list of functions, if there is one, has it.
func (l *loader) allowed(name string) bool {
	return l.config.functions == nil || slices.Contains(l.config.functions, strings.ToLower(name))
}

// add reads one function.json, in the order in which the host checks it.
func (l *loader) add(name string, data []byte) error {
	if !functionName.MatchString(name) || strings.EqualFold(name, "host") {
		return hostErrorf("'%s' is not a valid function name.", name)
	}
	var document functionJSON
	if err := json.Unmarshal(data, &document); err != nil {
		return fmt.Errorf("reading function.json: %w", err)
	}
	if len(document.Bindings) == 0 {
		return hostError("At least one binding must be declared.")
	}
	f := &function{name: name, bindings: document.Bindings, disabled: l.disabled(name, document.Disabled)}
	var err error
	if f.retry, err = document.Retry.policy(); err != nil {
		return err
	}
	if err := l.checkBindings(f); err != nil {
		return err
	}
	if err := l.index(f); err != nil {
		return err
	}
	if f.retry != nil && f.schedule == nil {
		l.warn("Retries are not supported for function 'Functions." + f.name + "'.")
		f.retry = nil
	}
	l.functions = append(l.functions, f)
	return nil
}

// disabled reads function.json's own flag, which may be the name of a setting,
// and AzureWebJobs.<name>.Disabled, which Linux wants with __ for the dots
// (Learn, "How to disable functions in Azure Functions").
func (l *loader) disabled(name string, own json.RawMessage) bool {
	var flag bool
	if json.Unmarshal(own, &flag) == nil && flag {
		return true
	}
	var setting string
	if json.Unmarshal(own, &setting) == nil && l.on(setting) {
		return true
	}
	return l.on("AzureWebJobs."+name+".Disabled") || l.on("AzureWebJobs__"+name+"__Disabled")
}

// on reports whether a setting is true or 1.
func (l *loader) on(setting string) bool {
	value, _ := l.settings.get(setting)
	return value == "1" || strings.EqualFold(value, "true")
}

// index resolves what the trigger needs; what fails here the host calls an error
// of indexing (azure-webjobs-sdk, FunctionIndexer.cs).
func (l *loader) index(f *function) error {
	var err error
	switch strings.ToLower(f.trigger.Type) {
	case "httptrigger":
		if f.route, err = newRoute(f, l.config.http.prefix); err == nil {
			err = l.conflict(f)
		}
		if err != nil {
			return err
		}
	case "timertrigger":
		f.schedule, err = l.indexTimer(f.trigger)
	case "queuetrigger":
		f.queue, err = l.indexQueue(f.trigger)
	}
	f.queues = map[string]*queue{}
	for _, b := range f.bindings {
		if err == nil && strings.EqualFold(b.Type, "queue") {
			f.queues[b.Name], err = l.indexQueue(b)
		}
	}
	if err != nil {
		return &indexingError{function: f.name, err: err}
	}
	return nil
}

// indexingError is how the host tells that it could not resolve a trigger.
type indexingError struct {
	function string
	err      error
}

func (e *indexingError) Error() string {
	return "Microsoft.Azure.WebJobs.Host: Error indexing method 'Functions." + e.function + "'. Microsoft.Azure.WebJobs.Host: " + e.err.Error()
}

func (e *indexingError) Unwrap() error { return e.err }

// indexTimer returns the schedule of a timerTrigger.
func (l *loader) indexTimer(b binding) (*schedule, error) {
	expression, err := l.settings.resolve(b.Schedule)
	if err != nil {
		return nil, err
	}
	return parseSchedule(expression)
}

// indexQueue returns the queue of a binding; its name becomes lower case.
func (l *loader) indexQueue(b binding) (*queue, error) {
	name, err := l.settings.resolve(b.QueueName)
	if err != nil {
		return nil, err
	}
	name = strings.ToLower(name)
	if err := checkQueueName(name); err != nil {
		return nil, err
	}
	storage, err := l.connection(b.Connection)
	if err != nil {
		return nil, err
	}
	return openQueue(storage, name)
}
