package main

import (
	"errors"
	"strings"
	"unicode/utf8"

	"adoport/cmd/internal/doctor"
)

// diagnosis is the JSON document of doctor.
type diagnosis struct {
	// Settings is the file that settings were read from, "" for the environment
	// alone.
	Settings string          `json:"settings,omitempty"`
	Notes    []string        `json:"notes"`
	Result   doctor.State    `json:"result"`
	Checks   []doctor.Result `json:"checks"`
}

// verdict is how the command ends.
func (d diagnosis) verdict() error {
	for _, r := range d.Checks {
		if r.State == doctor.Failed && (r.Name == doctor.NameSettings || r.Name == doctor.NameMapping) {
			return &usageError{errors.New("the " + r.Name + " must be corrected")}
		}
	}
	if d.Result == doctor.Failed {
		return errReported
	}
	return nil
}

// notesOn says what is to be known about settings from a file.
func notesOn(file string, references []string) []string {
	notes := []string{}
	if file == "" {
		return notes
	}
	notes = append(notes, "Settings are those of "+file+"; environment variables win over them.",
		"The checks run here and with the identity of who runs them, not with that of the app.")
	if len(references) > 0 {
		notes = append(notes, "References to a Key Vault, which only Azure can follow, count as not set: "+strings.Join(references, ", ")+".")
	}
	return notes
}

func (d diagnosis) begin(c *console) {
	for _, note := range d.Notes {
		c.printf("%s\n", clean(note))
	}
	if len(d.Notes) > 0 {
		c.printf("\n")
	}
}

var states = map[doctor.State]string{
	doctor.OK: "ok", doctor.Warning: "warning", doctor.Failed: "FAILED", doctor.Skipped: "skipped",
}

// widest is the width of the column of names.
func widest(checks []doctor.Check) int {
	width := 0
	for _, check := range checks {
		width = max(width, utf8.RuneCountInString(check.Name))
	}
	return width
}

func printResult(c *console, r doctor.Result, width int) {
	c.printf("%-7s  %-*s  %s\n", states[r.State], width, clean(r.Name), clean(r.Detail))
	for _, line := range r.Todo {
		c.printf("         %s\n", clean(line))
	}
}

// end counts.
func (d diagnosis) end(c *console) {
	count := map[doctor.State]int{}
	for _, r := range d.Checks {
		count[r.State]++
	}
	c.printf("\n%s: %d ok, %s, %d failed, %d skipped\n", counted(len(d.Checks), "check"),
		count[doctor.OK], counted(count[doctor.Warning], "warning"), count[doctor.Failed], count[doctor.Skipped])
}
