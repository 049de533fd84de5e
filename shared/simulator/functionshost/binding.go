package functionshost

import (
	"regexp"
	"slices"
	"strings"
)

// binding is an entry of function.json's bindings, with all that the emulated
// types have.
type binding struct {
	Type      string `json:"type"`
	Name      string `json:"name"`
	Direction string `json:"direction"`
	DataType  string `json:"dataType"`

	// AuthLevel, Methods and Route are of httpTrigger.
	AuthLevel string   `json:"authLevel"`
	Methods   []string `json:"methods"`
	Route     *string  `json:"route"`

	// Schedule, UseMonitor (by default true) and RunOnStartup are of timerTrigger.
	Schedule     string `json:"schedule"`
	UseMonitor   *bool  `json:"useMonitor"`
	RunOnStartup bool   `json:"runOnStartup"`

	// QueueName and Connection are of queueTrigger and queue.
	QueueName  string `json:"queueName"`
	Connection string `json:"connection"`
}

// returnBinding is the name of the binding that gets ReturnValue.
const returnBinding = "$return"

// bindingName is what a binding may be called, apart from $return (host, Utility.cs).
var bindingName = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9]{0,127}$`)

func (b binding) isTrigger() bool { return strings.HasSuffix(strings.ToLower(b.Type), "trigger") }
func (b binding) isBinary() bool  { return strings.EqualFold(b.DataType, "binary") }

// in is the default direction; inout counts as both.
func (b binding) in() bool  { return !strings.EqualFold(b.Direction, "out") }
func (b binding) out() bool { return b.Direction != "" && !strings.EqualFold(b.Direction, "in") }

// checkBindings checks what needs no settings, and finds the trigger (host,
// FunctionDescriptorProvider.cs).
func (l *loader) checkBindings(f *function) error {
	var names []string
	var triggers []binding
	for _, b := range f.bindings {
		if err := b.check(); err != nil {
			return err
		}
		if slices.Contains(names, strings.ToLower(b.Name)) {
			return hostErrorf("Multiple bindings with name '%s' discovered. Binding names must be unique.", b.Name)
		}
		names = append(names, strings.ToLower(b.Name))
		if b.isTrigger() && b.in() {
			triggers = append(triggers, b)
		}
	}
	switch len(triggers) {
	case 0:
		return hostError("No trigger binding specified. A function must have a trigger input binding.")
	case 1:
		f.trigger = triggers[0]
	default:
		return hostError("Multiple trigger bindings defined. A function can only have a single trigger binding.")
	}
	return l.checkTypes(f)
}

func (b binding) check() error {
	switch strings.ToLower(b.Direction) {
	case "", "in", "out", "inout":
	default:
		return hostErrorf("Error converting value \"%s\" to type 'Microsoft.Azure.WebJobs.Script.Description.BindingDirection'.", b.Direction)
	}
	if b.Name != returnBinding && !bindingName.MatchString(b.Name) {
		return hostErrorf("The binding name %s is invalid. Please assign a valid name to the binding.", b.Name)
	}
	if b.Name == returnBinding && !strings.EqualFold(b.Direction, "out") {
		return hostError("$return bindings must specify a direction of 'out'.")
	}
	if b.Type == "" {
		return hostErrorf("Binding '%s' is invalid. Bindings must specify a Type.", b.Name)
	}
	return nil
}

// checkTypes refuses bindings that nothing provides. HTTP and timers are in the
// host; queues come with the extension bundle.
func (l *loader) checkTypes(f *function) error {
	inputs, outputs := []string{"httptrigger", "timertrigger"}, []string{"http"}
	advice := "are not registered. Please ensure the type is correct and the binding extension is installed."
	if l.config.bundle {
		inputs, outputs = append(inputs, "queuetrigger"), append(outputs, "queue")
		advice = "were not found in the configured extension bundle. Please ensure the type is correct and the correct version of extension bundle is configured"
	}
	var unknown []string
	for _, b := range f.bindings {
		t := strings.ToLower(b.Type)
		if b.in() && !slices.Contains(inputs, t) || b.out() && !slices.Contains(outputs, t) {
			unknown = append(unknown, b.Type)
		}
	}
	if len(unknown) > 0 {
		return hostErrorf("The binding type(s) '%s' %s", strings.Join(unknown, ", "), advice)
	}
	return nil
}

// isHTTPInAndOut reports whether a function has an httpTrigger and an http output
// and nothing else: only then is HTTP proxied or forwarded (host,
// FunctionMetadataExtensions.cs).
func (f *function) isHTTPInAndOut() bool {
	if len(f.bindings) != 2 || !strings.EqualFold(f.trigger.Type, "httpTrigger") {
		return false
	}
	return slices.ContainsFunc(f.bindings, func(b binding) bool { return strings.EqualFold(b.Type, "http") })
}

// outputs returns the output bindings.
func (f *function) outputs() []binding {
	var outputs []binding
	for _, b := range f.bindings {
		if b.out() {
			outputs = append(outputs, b)
		}
	}
	return outputs
}
