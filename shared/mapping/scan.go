package mapping

import (
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"
)

// wordKind is what a word of a jq expression is.
type wordKind int

const (
	nameWord     wordKind = iota // a function, keyword or object key
	fieldWord                    // .name, text without the dot
	variableWord                 // $name, text with the dollar
	formatWord                   // @name, text with the at sign
	stringWord                   // a string without interpolation, text is its value
	signWord                     // any other character
)

// word is a word of a jq expression; start is its offset in bytes.
type word struct {
	kind  wordKind
	text  string
	start int
}

// edit replaces size bytes at offset at of an expression.
type edit struct {
	at, size int
	by       string
}

// scanner reads the words of an expression and finds its '…' strings, which
// jq does not know and Ocean accepts. It does not judge: what it cannot read
// the jq parser refuses.
type scanner struct {
	text  string
	at    int
	words []word
	// edits make jq of the expression.
	edits []edit
	// depth is how many brackets are open, deepest the largest.
	depth, deepest int
	// unterminated is the offset of a '…' string without an end, -1 if none.
	unterminated int
}

// scan reads an expression.
func scan(text string) *scanner {
	s := &scanner{text: text, unterminated: -1}
	for s.at < len(text) && s.deepest <= maxBrackets {
		s.code(0)
	}
	return s
}

// code reads until the bracket that closes an interpolation that was opened at
// the given depth, or the end.
func (s *scanner) code(until int) {
	for s.at < len(s.text) && s.deepest <= maxBrackets {
		switch c := s.text[s.at]; c {
		case '#':
			s.comment()
		case '"', '\'':
			s.string(c)
		case '.', '$', '@':
			s.prefixed(c)
		case '(', '[', '{':
			s.sign()
			s.open()
		case ')', ']', '}':
			s.sign()
			s.depth--
			if until > 0 && s.depth < until {
				return
			}
		default:
			s.other(c)
		}
	}
}

func (s *scanner) open() {
	s.depth++
	s.deepest = max(s.deepest, s.depth)
}

func (s *scanner) other(c byte) {
	switch {
	case isNameStart(c):
		start := s.at
		s.add(nameWord, s.name(), start)
	case strings.IndexByte(" \t\r\n", c) >= 0:
		s.at++
	default:
		s.sign()
	}
}

// comment skips to the end of the line; a backslash continues it, as in jq 1.8.
func (s *scanner) comment() {
	for s.at < len(s.text) && s.text[s.at] != '\n' && s.text[s.at] != '\r' {
		if s.text[s.at] == '\\' {
			s.at++
		}
		s.at++
	}
	s.at = min(s.at, len(s.text))
}

// string reads a string and, within it, the code of interpolations.
func (s *scanner) string(quote byte) {
	start, plain := s.at, true
	if quote == '\'' {
		s.edits = append(s.edits, edit{start, 1, `"`})
	}
	for s.at++; s.at < len(s.text); {
		c := s.text[s.at]
		switch {
		case c == '\\' && strings.HasPrefix(s.text[s.at:], `\(`):
			plain = false
			s.at += 2
			s.open()
			s.code(s.depth)
		case c == '\\':
			if quote == '\'' && strings.HasPrefix(s.text[s.at:], `\'`) {
				s.edits = append(s.edits, edit{s.at, 2, `'`})
			}
			s.at += 2
		case c == quote && (quote == '"' || !s.apostrophe()):
			s.at++
			s.endString(start, plain, quote)
			return
		case c == '"':
			s.edits = append(s.edits, edit{s.at, 1, `\"`})
			s.at++
		default:
			s.at++
		}
	}
	s.at = len(s.text)
	if quote == '\'' && s.unterminated < 0 {
		s.unterminated = start
	}
}

// apostrophe tells the quote of 'it's' from one that ends a string: there is a
// letter on both sides.
func (s *scanner) apostrophe() bool {
	before, _ := utf8.DecodeLastRuneInString(s.text[:s.at])
	after, _ := utf8.DecodeRuneInString(s.text[s.at+1:])
	return unicode.IsLetter(before) && unicode.IsLetter(after)
}

func (s *scanner) endString(start int, plain bool, quote byte) {
	if quote == '\'' {
		s.edits = append(s.edits, edit{s.at - 1, 1, `"`})
	}
	if !plain {
		return
	}
	raw := s.text[start:s.at]
	if quote == '\'' {
		raw = translate(raw, relative(s.edits, start))
	}
	var value string
	if json.Unmarshal([]byte(raw), &value) != nil {
		value = raw[1 : len(raw)-1] // control characters, which jq accepts
	}
	s.add(stringWord, value, start)
}

// prefixed reads .name, $name, $__name__ and @name.
func (s *scanner) prefixed(prefix byte) {
	start := s.at
	s.at++
	if s.at == len(s.text) || !isNameStart(s.text[s.at]) {
		s.add(signWord, string(prefix), start)
		return
	}
	name := s.name()
	switch prefix {
	case '.':
		s.add(fieldWord, name, start)
	case '$':
		s.add(variableWord, "$"+name, start)
	default:
		s.add(formatWord, "@"+name, start)
	}
}

func (s *scanner) name() string {
	start := s.at
	for s.at < len(s.text) && (isNameStart(s.text[s.at]) || '0' <= s.text[s.at] && s.text[s.at] <= '9') {
		s.at++
	}
	return s.text[start:s.at]
}

func (s *scanner) sign() {
	s.add(signWord, s.text[s.at:s.at+1], s.at)
	s.at++
}

func (s *scanner) add(kind wordKind, text string, start int) {
	s.words = append(s.words, word{kind, text, start})
}

func isNameStart(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_'
}
