package functionshost

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// jsonText returns a string as the JSON text of itself: a value that is no object
// is encoded twice on its way to the handler (host,
// ScriptInvocationContextExtensions.cs, GetHttpScriptInvocationContextValue).
func jsonText(s string) string {
	text, err := compact(s)
	if err != nil {
		return strconv.Quote(s) // a string always has a JSON text
	}
	return string(text)
}

// seconds writes a DateTimeOffset: it was printed and parsed before, so it has
// seconds only.
func seconds(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05+00:00") }

// maxTime is .NET's DateTimeOffset.MaxValue, in seconds.
var maxTime = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)

// ticks is how fine .NET's times are: 100 nanoseconds.
const ticks = 100 * time.Nanosecond

// universal writes a DateTime in UTC.
func universal(t time.Time) string {
	return t.UTC().Truncate(ticks).Format("2006-01-02T15:04:05.9999999Z")
}

// local writes a DateTime in the local zone, which is UTC; the zero time has no
// zone, and so Go's time.Time cannot read it (host issue 7391).
func local(t time.Time) string {
	if t.IsZero() {
		return "0001-01-01T00:00:00"
	}
	return t.UTC().Truncate(ticks).Format("2006-01-02T15:04:05.9999999+00:00")
}

// property is a top-level property of a JSON object.
type property struct {
	name  string
	value json.RawMessage
}

// properties returns the properties of a JSON object in their order, nil if the
// text is none. Newtonsoft takes more than JSON: comments, single quotes; that is
// not emulated.
func properties(text string) []property {
	decoder := json.NewDecoder(strings.NewReader(text))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return nil
	}
	var found []property
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil
		}
		var value json.RawMessage
		if decoder.Decode(&value) != nil {
			return nil
		}
		key, _ := name.(string) // a key of an object is a string
		found = append(found, property{key, value})
	}
	if _, err := decoder.Token(); err != nil || decoder.More() {
		return nil
	}
	return found
}

// scalarText is what casting a JToken to string gives: numbers and booleans as
// .NET writes them, and dates, which were parsed, in the invariant culture. ok is
// false for null.
func scalarText(raw json.RawMessage) (text string, ok bool) {
	switch value := decoded(raw).(type) {
	case nil:
		return "", false
	case bool:
		if value {
			return "True", true
		}
		return "False", true
	case json.Number:
		return numberText(value), true
	case string:
		if t, ok := isoDate(value); ok {
			return t.Format("01/02/2006 15:04:05"), true
		}
		return value, true
	}
	return string(raw), true
}

func decoded(raw json.RawMessage) any {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if decoder.Decode(&value) != nil {
		return nil
	}
	return value
}

// isoDate reads what Newtonsoft takes for a date by itself: an ISO 8601 time with
// a T, with or without a zone; one with a zone becomes local, which is UTC.
func isoDate(s string) (time.Time, bool) {
	if len(s) < len("2006-01-02T15:04:05") || len(s) > 40 {
		return time.Time{}, false
	}
	for _, layout := range []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// numberText writes an integer as it is, and a double as .NET Core does: shortest,
// with an exponent of two digits or more from 1E+15 on and below 1E-04.
func numberText(n json.Number) string {
	if !strings.ContainsAny(n.String(), ".eE") {
		return n.String()
	}
	f, err := n.Float64()
	if err != nil {
		return n.String()
	}
	exponent := strconv.FormatFloat(f, 'E', -1, 64)
	_, power, _ := strings.Cut(exponent, "E")
	if e, err := strconv.Atoi(power); err == nil && e < 15 && e >= -4 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return exponent
}

// looksLikeJSON is the host's guess (host, Utility.cs, IsJson).
func looksLikeJSON(s string) bool {
	s = strings.TrimSpace(s)
	return strings.HasPrefix(s, "{") && strings.HasSuffix(s, "}") || strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]")
}
