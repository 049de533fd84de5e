package functionshost

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Level is the severity of a line, as in Microsoft.Extensions.Logging.
type Level int

// The levels of host.json's logging.logLevel.
const (
	Trace Level = iota
	Debug
	Information
	Warning
	Error
	Critical
	none
)

var levelNames = []string{"Trace", "Debug", "Information", "Warning", "Error", "Critical", "None"}

// String returns the level's name, as host.json has it.
func (l Level) String() string { return levelNames[l] }

// parseLevel reads the name of a level, in any case.
func parseLevel(name string) (Level, error) {
	for i, known := range levelNames {
		if strings.EqualFold(name, known) {
			return Level(i), nil
		}
	}
	return 0, fmt.Errorf("%q is no level; levels are %s", name, strings.Join(levelNames, ", "))
}

// The categories of lines.
const (
	// Console is the category of what the handler writes to stdout and stderr; it
	// has no invocation id (host, WorkerProcess.cs).
	Console = "Host.Function.Console"

	startup    = "Host.Startup"
	results    = "Host.Results"
	dispatcher = "Host.HttpFunctionInvocationDispatcher"
	proxying   = "Host.DefaultHttpProxyService"
	throttling = "Host.Extensions.Http.HttpThrottleMiddleware"
	queueing   = "Host.Triggers.Queue"
	timing     = "Host.Triggers.Timer"
	processing = "Worker.HttpWorkerProcess"
	standIn    = "Host.StandIn"
)

// Line is a line of the log, as Application Insights would get it.
type Line struct {
	Time     time.Time
	Level    Level
	Category string
	// Function and Invocation say what it was written for, if anything.
	Function, Invocation string
	Text                 string
}

// String returns the line as core tools print it.
func (l Line) String() string {
	return fmt.Sprintf("[%s] [%s] %s", l.Time.UTC().Format("2006-01-02T15:04:05.000Z"), l.Level, l.Text)
}

// logs keeps the last lines that the levels of host.json let pass.
type logs struct {
	tell   func(Line)
	levels map[string]Level

	mu    sync.Mutex // guards what follows
	lines kept[Line]
}

// add writes a line unless its category is filtered.
func (l *logs) add(line Line) {
	if line.Level < l.least(line.Category) {
		return
	}
	line.Time = time.Now()
	l.mu.Lock()
	l.lines.add(line)
	l.mu.Unlock()
	l.tell(line)
}

// write adds a line that belongs to no invocation.
func (l *logs) write(level Level, category, format string, a ...any) {
	l.add(Line{Level: level, Category: category, Text: fmt.Sprintf(format, a...)})
}

// least returns the lowest level of a category that is let pass: that of the
// longest prefix of it in logging.logLevel, else of "default", else Information
// (Learn, "How to configure monitoring for Azure Functions").
func (l *logs) least(category string) Level {
	least, longest := Information, -1
	for prefix, level := range l.levels {
		length := len(prefix)
		switch {
		case prefix == "default":
			length = 0
		case !strings.HasPrefix(strings.ToLower(category), prefix):
			continue
		}
		if length > longest {
			least, longest = level, length
		}
	}
	return least
}

// all returns the lines that are remembered, the oldest first.
func (l *logs) all() []Line {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines.all()
}

// kept remembers the last values that were added, at most limit and a quarter.
type kept[T any] struct {
	limit  int
	values []T
}

func (k *kept[T]) add(v T) {
	if len(k.values) >= k.limit+k.limit/4 {
		k.values = slices.Clone(k.values[len(k.values)-k.limit:])
	}
	k.values = append(k.values, v)
}

func (k *kept[T]) all() []T { return slices.Clone(k.values) }
