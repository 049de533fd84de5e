package servicehook

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

// form reads an id out of text, "" if the text is none. What it returns is in
// the spelling in which Azure DevOps' REST API gives the id.
type form func(text string) string

// guid is the form of projects and repositories. All zeros stand for "none" in
// samples and test notifications.
func guid(text string) string {
	if !guids.MatchString(text) || strings.Trim(text, "0-") == "" {
		return ""
	}
	return strings.ToLower(text)
}

var guids = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)

// number is the form of work items and pipelines: 1 to 2147483647. Azure DevOps
// refuses a whole batch of ids because of one that is larger.
func number(text string) string {
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil || n == 0 {
		return ""
	}
	return strconv.FormatUint(n, 10)
}

// id reads the value at a path in a form, from a JSON string or number, "" if it
// is none.
func (o object) id(f form, path ...string) string {
	value := o.at(path...)
	if len(value) == 0 {
		return ""
	}
	if value[0] == '"' {
		return f(o.text(path...))
	}
	return f(string(value))
}

// identifier reads what only names a delivery to people: 1 to 100 letters,
// digits, "-", "_" or ".", in a JSON string or number; anything else is "".
func identifier(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) != nil {
		text = string(value)
	}
	if !identifiers.MatchString(text) {
		return ""
	}
	return text
}

var identifiers = regexp.MustCompile(`^[0-9A-Za-z._-]{1,100}$`)
