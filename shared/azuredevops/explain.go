package azuredevops

import (
	"encoding/json"
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMessage is how many characters of a service's message are kept.
const maxMessage = 500

var (
	// messageCode is the code that many messages begin with: "TF400813: The
	// user ...".
	messageCode = regexp.MustCompile(`^((?:TF|VS|VSS)[0-9]+):`)
	titleTag    = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
)

// errorBody is both shapes of error bodies: WrappedError, and the older
// WrappedImproperError {"count":1,"value":{"Message":"..."}} (Go SDK, models.go).
// Keys are matched in any case.
type errorBody struct {
	Message   string          `json:"message"`
	TypeKey   string          `json:"typeKey"`
	ErrorCode json.RawMessage `json:"errorCode"`
	Value     json.RawMessage `json:"value"`
}

// explain finds the service's own words in the body of a failure. The code is
// the typeKey ("ProjectDoesNotExistException"), or what the message or errorCode
// has instead. A body that is no JSON becomes the message: of a page its title,
// else its beginning. Both are one line of printable text, or "".
func explain(body []byte) (code, message string) {
	text := withoutBOM(body)
	var e errorBody
	if json.Unmarshal(text, &e) != nil {
		return codeOf(errorBody{}, ""), plainText(text)
	}
	var inner errorBody
	if e.Message == "" && json.Unmarshal(e.Value, &inner) == nil {
		e = inner
	}
	message = oneLine(e.Message)
	return codeOf(e, message), message
}

func codeOf(e errorBody, message string) string {
	if e.TypeKey != "" {
		return oneLine(e.TypeKey)
	}
	if m := messageCode.FindStringSubmatch(message); m != nil {
		return m[1]
	}
	if n, err := strconv.Atoi(strings.Trim(string(e.ErrorCode), `"`)); err == nil && n != 0 {
		return strconv.Itoa(n)
	}
	return ""
}

func plainText(body []byte) string {
	if strings.HasPrefix(strings.TrimSpace(string(body)), "<") {
		return pageTitle(body)
	}
	return oneLine(string(body))
}

// pageTitle is the title of an HTML page, "" if it has none.
func pageTitle(page []byte) string {
	m := titleTag.FindSubmatch(page)
	if m == nil {
		return ""
	}
	return oneLine(html.UnescapeString(string(m[1])))
}

// oneLine makes foreign text safe to print: valid UTF-8, no control characters,
// single spaces, at most maxMessage characters.
func oneLine(s string) string {
	if len(s) > maxMessage*utf8.UTFMax*2 {
		s = s[:maxMessage*utf8.UTFMax*2]
	}
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "\uFFFD"), func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	}), " ")
	if runes := []rune(s); len(runes) > maxMessage {
		return string(runes[:maxMessage-1]) + "…"
	}
	return s
}
