package functionshost

import (
	"slices"
	"strings"
	"testing"
)

// bindings returns a function.json.
func bindings(list ...string) string { return `{"bindings":[` + strings.Join(list, ",") + `]}` }

const (
	httpIn  = `{"type":"httpTrigger","direction":"in","name":"request"}`
	httpOut = `{"type":"http","direction":"out","name":"response"}`
	timerIn = `{"type":"timerTrigger","direction":"in","name":"timer","schedule":"%SCHEDULE%"}`
	queueIn = `{"type":"queueTrigger","direction":"in","name":"task","queueName":"adoport-live","connection":"AzureWebJobsStorage"}`

	// account is the connection string of nobody.
	account = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;QueueEndpoint=http://127.0.0.1:1/a;"
)

// TestFunctionErrors: a function in error is told in the host's words, and the
// others run.
func TestFunctionErrors(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		name, text, want string
		environment      []string
	}{
		"a wrong name":           {name: "1st", text: bindings(timerIn), want: "'1st' is not a valid function name."},
		"a reserved name":        {name: "Host", text: bindings(timerIn), want: "'Host' is not a valid function name."},
		"no JSON":                {text: `{`, want: "reading function.json"},
		"no bindings":            {text: `{}`, want: "At least one binding must be declared."},
		"no trigger":             {text: bindings(httpOut), want: "No trigger binding specified. A function must have a trigger input binding."},
		"a trigger out":          {text: bindings(`{"type":"timerTrigger","direction":"out","name":"timer"}`), want: "No trigger binding specified."},
		"two triggers":           {text: bindings(httpIn, timerIn), want: "Multiple trigger bindings defined."},
		"a name twice":           {text: bindings(timerIn, `{"type":"http","direction":"out","name":"Timer"}`), want: "Multiple bindings with name 'Timer' discovered."},
		"a binding's name":       {text: bindings(`{"type":"timerTrigger","name":"my_timer"}`), want: "The binding name my_timer is invalid."},
		"no name":                {text: bindings(`{"type":"timerTrigger"}`), want: "The binding name  is invalid."},
		"$return in":             {text: bindings(`{"type":"timerTrigger","direction":"in","name":"$return"}`), want: "$return bindings must specify a direction of 'out'."},
		"no type":                {text: bindings(`{"name":"timer"}`), want: "Binding 'timer' is invalid. Bindings must specify a Type."},
		"a direction":            {text: bindings(`{"type":"timerTrigger","direction":"sideways","name":"timer"}`), want: `Error converting value "sideways"`},
		"an unknown type":        {text: bindings(timerIn, `{"type":"blob","direction":"out","name":"b"}`), want: "The binding type(s) 'blob' were not found in the configured extension bundle."},
		"http in":                {text: bindings(timerIn, `{"type":"http","direction":"in","name":"b"}`), want: "The binding type(s) 'http' were not found"},
		"no setting":             {text: bindings(`{"type":"timerTrigger","name":"timer","schedule":"%MISSING%"}`), want: "Error indexing method 'Functions.bad'. Microsoft.Azure.WebJobs.Host: '%MISSING%' does not resolve to a value."},
		"no schedule":            {text: bindings(`{"type":"timerTrigger","name":"timer","schedule":"every night"}`), want: "The schedule expression 'every night' was not recognized as a valid cron expression or timespan string."},
		"a queue's setting":      {text: bindings(`{"type":"queueTrigger","name":"task","queueName":"%MISSING%"}`), want: "'%MISSING%' does not resolve to a value."},
		"a queue's name":         {text: bindings(`{"type":"queueTrigger","name":"task","queueName":"adoport_live"}`), want: "A queue name can contain only letters, numbers, and dash(-) characters"},
		"an unknown connection":  {text: bindings(`{"type":"queueTrigger","name":"task","queueName":"adoport-live","connection":"Other"}`), want: "Storage account connection string 'AzureWebJobsOther' does not exist."},
		"an identity":            {text: bindings(`{"type":"queueTrigger","name":"task","queueName":"adoport-live","connection":"Other"}`), environment: []string{"Other__accountName=a"}, want: "Other is an identity, which is not emulated"},
		"a connection string":    {text: bindings(`{"type":"queueTrigger","name":"task","queueName":"adoport-live","connection":"Other"}`), environment: []string{"Other=secret"}, want: "the connection string is not valid"},
		"an output's queue":      {text: bindings(timerIn, `{"type":"queue","direction":"out","name":"o","queueName":"x"}`), want: "A queue name must be from 3 to 63 characters long"},
		"a reserved route":       {text: bindings(`{"type":"httpTrigger","name":"request","route":"/Admin-tools"}`), want: "The specified route conflicts with one or more built in routes."},
		"a route that is taken":  {name: "zlast", text: bindings(`{"type":"httpTrigger","name":"request","route":"/HOOK/","methods":["GET","put"]}`), want: "The route specified conflicts with the route defined by function 'hook'."},
		"a route's constraint":   {text: bindings(`{"type":"httpTrigger","name":"request","route":"a/{id:int}"}`), want: "constraints and defaults are not"},
		"an authLevel":           {text: bindings(`{"type":"httpTrigger","name":"request","authLevel":"public"}`), want: `authLevel is "public"`},
		"retry without a count":  {text: `{"bindings":[` + timerIn + `],"retry":{"strategy":"fixedDelay","delayInterval":"00:00:01"}}`, want: "Value cannot be null. (Parameter 'MaxRetryCount')"},
		"retry without a delay":  {text: `{"bindings":[` + timerIn + `],"retry":{"strategy":"fixedDelay","maxRetryCount":1}}`, want: "Value cannot be null. (Parameter 'DelayInterval')"},
		"retry without a range":  {text: `{"bindings":[` + timerIn + `],"retry":{"strategy":"exponentialBackoff","maxRetryCount":1,"minimumInterval":"00:00:01"}}`, want: "Value cannot be null. (Parameter 'MaximumInterval')"},
		"retry by another way":   {text: `{"bindings":[` + timerIn + `],"retry":{"strategy":"never","maxRetryCount":1}}`, want: `retry.strategy is "never"`},
		"retry a negative count": {text: `{"bindings":[` + timerIn + `],"retry":{"strategy":"fixedDelay","maxRetryCount":-2,"delayInterval":"00:00:01"}}`, want: "retry.maxRetryCount is -2"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tt.name == "" {
				tt.name = "bad"
			}
			a := newApp(t, hostJSONFor(""), map[string]string{tt.name: tt.text, "hook": httpFunction})
			h := a.launch(Options{Environment: append(tt.environment, never), Storage: account})
			err := h.FunctionErrors()[tt.name]
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("%v, want %q", err, tt.want)
			}
			if !hasLine(h, Error, "The '"+tt.name+"' function is in error: ") || !slices.Equal(h.Functions(), []string{"hook"}) {
				t.Errorf("loaded: %q", h.Functions())
			}
		})
	}
}

// TestNoBundle: queues come with the extension bundle, HTTP and timers do not.
func TestNoBundle(t *testing.T) {
	t.Parallel()
	a := newApp(t, "{"+smallest+"}", map[string]string{"refresh": bindings(queueIn), "tick": timerFunction, "hook": httpFunction})
	h := a.launch(Options{Environment: []string{never}, Storage: account})
	want := "The binding type(s) 'queueTrigger' are not registered. Please ensure the type is correct and the binding extension is installed."
	if err := h.FunctionErrors()["refresh"]; err == nil || err.Error() != want || !slices.Equal(h.Functions(), []string{"hook", "tick"}) {
		t.Errorf("%v with %q", err, h.Functions())
	}
}

// TestFolders: functions are first-level folders with a function.json, in the order
// of their names.
func TestFolders(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(`"functions":["ALPHA","beta","bad"]`), map[string]string{
		"beta": timerFunction, "Alpha": timerFunction, "gamma": timerFunction, "group/inner": timerFunction, "bad": "{",
	})
	a.write("docs/readme.txt", "no function")
	h := a.launch(Options{Environment: []string{never}})
	if !slices.Equal(h.Functions(), []string{"Alpha", "beta"}) || len(h.FunctionErrors()) != 1 {
		t.Errorf("%q, %v", h.Functions(), h.FunctionErrors())
	}
}

// TestDisabled: a disabled function is loaded, and can be run by hand alone.
func TestDisabled(t *testing.T) {
	t.Parallel()
	l := loader{settings: newSettings([]string{"AzureWebJobs.one.Disabled=true", "AzureWebJobs__two__Disabled=1", "OFF=TRUE", "AzureWebJobs.three.Disabled=false"})}
	for name, want := range map[string]bool{"one": true, "two": true, "three": false, "four": false} {
		if got := l.disabled(name, nil); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	for own, want := range map[string]bool{"true": true, "false": false, `"OFF"`: true, `"ON"`: false, "null": false} {
		if got := l.disabled("four", []byte(own)); got != want {
			t.Errorf("disabled %s: %v, want %v", own, got, want)
		}
	}
}

// TestConnection: a name is tried with AzureWebJobs before it first.
func TestConnection(t *testing.T) {
	t.Parallel()
	l := loader{storage: "given", settings: newSettings([]string{"AzureWebJobsOther=prefixed", "Other=plain", "Third=third", "AzureWebJobsStorage=setting"})}
	for name, want := range map[string]string{"": "given", "Storage": "given", "AzureWebJobsStorage": "given", "Other": "prefixed", "Third": "third"} {
		if got, err := l.connection(name); err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", name, got, err, want)
		}
	}
	l.storage = ""
	if got, err := l.connection(""); err != nil || got != "setting" {
		t.Errorf("without Options.Storage: %q, %v", got, err)
	}
}

// TestRetriesNotSupported: retry is for timers only.
func TestRetriesNotSupported(t *testing.T) {
	t.Parallel()
	a := newApp(t, hostJSONFor(""), map[string]string{"hook": `{"bindings":[` + httpIn + `],"retry":{"strategy":"fixedDelay","maxRetryCount":1,"delayInterval":"00:00:01"}}`})
	if h := a.launch(Options{}); !hasLine(h, Warning, "Retries are not supported for function 'Functions.hook'.") {
		t.Error("nobody is told")
	}
}
