package azuredevops

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// tokenKind is the sort of a token of WIQL.
type tokenKind int

const (
	endToken tokenKind = iota
	wordToken
	fieldToken // [Name], text is the name
	stringToken
	numberToken
	macroToken // @name, text is the name
	signToken  // an operator or punctuation
)

// token is a token of WIQL. text is its meaning, source how it was written.
type token struct {
	kind         tokenKind
	text, source string
	// start and end are its place in the query.
	start, end int
}

func (t token) is(word string) bool { return t.kind == wordToken && strings.EqualFold(t.text, word) }

func (t token) sign(text string) bool { return t.kind == signToken && t.text == text }

// wiqlError is a query that the service refuses.
type wiqlError struct{ message string }

func (e *wiqlError) Error() string { return e.message }

// syntaxError says what was expected and what stood there.
func syntaxError(message string, found token) error {
	source := found.source
	if found.kind == endToken {
		source = "end of the query"
	}
	return &wiqlError{fmt.Sprintf("TF51006: %s The error is caused by «%s».", message, source)}
}

// tokenize splits a query; the last token is the end.
func tokenize(text string) ([]token, error) {
	var tokens []token
	for at := 0; ; {
		at += len(text[at:]) - len(strings.TrimLeftFunc(text[at:], unicode.IsSpace))
		t, err := nextToken(text[at:])
		if err != nil {
			return nil, err
		}
		t.start, t.end = at, at+len(t.source)
		tokens = append(tokens, t)
		if t.kind == endToken {
			return tokens, nil
		}
		at = t.end
	}
}

// nextToken reads the token at the beginning of text.
func nextToken(text string) (token, error) {
	if text == "" {
		return token{}, nil
	}
	first, size := utf8.DecodeRuneInString(text)
	switch {
	case first == '[':
		end := strings.IndexByte(text, ']')
		if end < 0 {
			return token{}, syntaxError("Expecting closing square bracket.", token{kind: fieldToken, source: text})
		}
		return token{kind: fieldToken, text: strings.TrimSpace(text[1:end]), source: text[:end+1]}, nil
	case first == '\'' || first == '"':
		return quotedToken(text)
	case unicode.IsDigit(first):
		source := text[:runLength(text, func(r rune) bool { return unicode.IsDigit(r) || r == '.' })]
		return token{kind: numberToken, text: source, source: source}, nil
	case first == '@':
		source := text[:size+runLength(text[size:], isWordRune)]
		return token{kind: macroToken, text: source[1:], source: source}, nil
	case isWordRune(first):
		source := text[:runLength(text, isWordRune)]
		return token{kind: wordToken, text: source, source: source}, nil
	}
	for _, sign := range []string{"<>", "<=", ">="} {
		if strings.HasPrefix(text, sign) {
			return token{kind: signToken, text: sign, source: sign}, nil
		}
	}
	return token{kind: signToken, text: text[:size], source: text[:size]}, nil
}

// quotedToken reads a string; its quote, doubled, stands for itself.
func quotedToken(text string) (token, error) {
	quote := text[:1]
	for at := 1; at < len(text); at++ {
		if text[at] != quote[0] {
			continue
		}
		if at+1 < len(text) && text[at+1] == quote[0] {
			at++
			continue
		}
		value := strings.ReplaceAll(text[1:at], quote+quote, quote)
		return token{kind: stringToken, text: value, source: text[:at+1]}, nil
	}
	return token{}, syntaxError("The query statement contains a string without its closing quote.", token{kind: stringToken, source: text})
}

func isWordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '.'
}

// runLength returns how many bytes at the beginning of s are runes of a sort.
func runLength(s string, of func(rune) bool) int {
	return len(s) - len(strings.TrimLeftFunc(s, of))
}
