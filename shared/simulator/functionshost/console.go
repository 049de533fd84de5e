package functionshost

import (
	"bytes"
	"slices"
	"strings"
	"sync"
)

const (
	// maxLine cuts a line that does not end: it must not take all memory.
	maxLine = 1 << 20
	// lastErrorLines is how many lines of stderr the host adds to the error of an
	// exit (host, WorkerProcess.cs).
	lastErrorLines = 3
	// systemPrefix marks lines that are for the host's own log, not the app's.
	systemPrefix = "LanguageWorkerConsoleLog"
)

// console turns what a handler writes into lines of the log. stdout is
// Information; stderr is Error, or Warning if the line has "warn" in it.
type console struct {
	logs *logs

	mu     sync.Mutex // guards errors
	errors []string
}

// stdout and stderr return where the handler writes to.
func (c *console) stdout() *lineWriter {
	return &lineWriter{write: func(line string) { c.line(Information, line) }}
}

func (c *console) stderr() *lineWriter { return &lineWriter{write: c.errorLine} }

func (c *console) errorLine(line string) {
	switch folded := strings.ToLower(line); {
	case strings.Contains(folded, "address already in use"), strings.Contains(folded, "eaddrinuse"):
		c.logs.write(Error, processing, "Port is already in use. Process cannot start.")
		return
	case strings.Contains(folded, "warn"):
		c.line(Warning, line)
		return
	}
	c.line(Error, line)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.errors = append(c.errors, line)
	if len(c.errors) > lastErrorLines {
		c.errors = c.errors[1:]
	}
}

func (c *console) line(level Level, line string) {
	if strings.HasPrefix(line, systemPrefix) {
		c.logs.write(level, processing, "%s", line)
		return
	}
	c.logs.write(level, Console, "%s", line)
}

// lastErrors returns the last lines of stderr that were errors.
func (c *console) lastErrors() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.errors)
}

// lineWriter calls write for every line. It is for one goroutine.
type lineWriter struct {
	write func(line string)
	rest  []byte
}

// Write takes what was written, whole lines or not; it does not fail.
func (w *lineWriter) Write(p []byte) (int, error) {
	w.rest = append(w.rest, p...)
	for {
		end := bytes.IndexByte(w.rest, '\n')
		if end < 0 && len(w.rest) < maxLine {
			return len(p), nil
		}
		if end < 0 {
			end = maxLine - 1
		}
		w.write(strings.TrimSuffix(string(w.rest[:end]), "\r"))
		w.rest = w.rest[end+1:]
	}
}

// flush writes the last line if it did not end.
func (w *lineWriter) flush() {
	if len(w.rest) > 0 {
		w.write(string(w.rest))
		w.rest = nil
	}
}
