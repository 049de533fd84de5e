package settings

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// redacted is what is printed in place of a Secret, also of an empty one.
const redacted = "<secret>"

// Secret is a value that prints itself as "<secret>" with fmt (every verb),
// slog, encoding/json and everything else that asks for a text. Only Reveal is
// meant to give it away. Two things cannot be helped, and MUST NOT be done:
// printing a struct that has a Secret in an unexported field, for fmt cannot
// ask it, and using a Secret as the key of a map, for encoding/json does not.
type Secret string

// Reveal returns the value itself.
func (s Secret) Reveal() string { return string(s) }

// String returns "<secret>".
func (Secret) String() string { return redacted }

// GoString returns "<secret>".
func (Secret) GoString() string { return redacted }

// Format prints "<secret>" for every verb: for one that does not fit a string,
// fmt would else print the value.
func (Secret) Format(state fmt.State, _ rune) {
	// There is nobody to tell: fmt keeps what it could not write.
	_, _ = io.WriteString(state, redacted)
}

// MarshalText returns "<secret>".
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON returns "<secret>" as a JSON string.
func (Secret) MarshalJSON() ([]byte, error) { return json.Marshal(redacted) }

// LogValue returns "<secret>".
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

var (
	_ fmt.Formatter  = Secret("")
	_ fmt.GoStringer = Secret("")
	_ slog.LogValuer = Secret("")
)
