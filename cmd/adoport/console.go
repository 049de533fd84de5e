package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"golang.org/x/term"
)

// console is all that a command knows of the process it runs in.
type console struct {
	out, err io.Writer
	// terminal says whether err is a terminal, so that progress can be drawn.
	terminal bool
	getenv   func(string) string
	environ  []string
}

func osConsole() *console {
	return &console{
		out: os.Stdout, err: os.Stderr,
		terminal: term.IsTerminal(int(os.Stderr.Fd())),
		getenv:   os.Getenv, environ: os.Environ(),
	}
}

// printf writes to standard output.
func (c *console) printf(format string, args ...any) { fmt.Fprintf(c.out, format, args...) }

// printJSON writes one indented JSON document to standard output.
func (c *console) printJSON(v any) error {
	encoder := json.NewEncoder(c.out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}

// logger writes to w, as text for people and as JSON for programs.
func (c *console) logger(w io.Writer, level slog.Level, format string) *slog.Logger {
	o := &slog.HandlerOptions{Level: level}
	if format == "text" || format == "" && c.terminal {
		return slog.New(slog.NewTextHandler(w, o))
	}
	return slog.New(slog.NewJSONHandler(w, o))
}

// clean makes a text that came from a service safe to print on a terminal, on
// one line: control characters could move the cursor or hide what follows.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || 0x80 <= r && r < 0xa0 {
			return ' '
		}
		return r
	}, s)
}

// short cuts a text to n characters.
func short(s string, n int) string {
	s = clean(s)
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// counted is a number with its noun.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
