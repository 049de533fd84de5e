package mapping

import "unicode"

// style is how a text is written in YAML, which decides where its characters
// are.
type style int

const (
	plainStyle style = iota
	singleQuoted
	doubleQuoted
	blockStyle
)

// source is the text of a file, for finding positions in it.
type source struct {
	runes []rune
	// starts are the offsets of the lines.
	starts []int
}

func newSource(text []byte) *source {
	s := &source{runes: []rune(string(text)), starts: []int{0}}
	for i, r := range s.runes {
		if r == '\n' {
			s.starts = append(s.starts, i+1)
		}
	}
	return s
}

// locate finds where the byte at offset of a node's text is written. It walks
// the value and the source side by side: outside white space, which YAML folds
// and indents, they have the same characters.
func (s *source) locate(n *node, offset int) (line, column int) {
	if n.line > len(s.starts) {
		return n.line, n.column
	}
	at := s.starts[n.line-1] + n.column - 1
	switch n.style {
	case singleQuoted, doubleQuoted:
		at++
	case blockStyle:
		if n.line == len(s.starts) {
			return n.line, n.column
		}
		at = s.starts[n.line]
	case plainStyle:
	}
	for i, r := range n.text {
		if !unicode.IsSpace(r) {
			at = s.skipSpace(at, n.style)
		}
		if i >= offset {
			return s.position(at)
		}
		if unicode.IsSpace(r) && s.skipped(at, n.style) {
			continue
		}
		at += s.width(at, n.style)
	}
	return s.position(at)
}

// skipSpace goes over white space and escaped ends of lines.
func (s *source) skipSpace(at int, in style) int {
	for at < len(s.runes) {
		switch {
		case unicode.IsSpace(s.runes[at]):
			at++
		case in == doubleQuoted && s.runes[at] == '\\' && at+1 < len(s.runes) && s.runes[at+1] == '\n':
			at += 2
		default:
			return at
		}
	}
	return at
}

// skipped tells whether the white space of a value that belongs at this place
// of the source was gone over already, as part of a fold.
func (s *source) skipped(at int, in style) bool {
	if at >= len(s.runes) || unicode.IsSpace(s.runes[at]) {
		return false
	}
	return in != doubleQuoted || s.runes[at] != '\\'
}

// width is how many characters of the source make one of the value.
func (s *source) width(at int, in style) int {
	if at+1 >= len(s.runes) {
		return 1
	}
	switch {
	case in == singleQuoted && s.runes[at] == '\'':
		return 2
	case in == doubleQuoted && s.runes[at] == '\\':
		switch s.runes[at+1] {
		case 'x':
			return 4
		case 'u':
			return 6
		case 'U':
			return 10
		default:
			return 2
		}
	default:
		return 1
	}
}

// position turns an offset into a line and column, both from 1. At the end of
// the file it is the place after its last character that is not a line end.
func (s *source) position(at int) (line, column int) {
	at = min(at, len(s.runes))
	for line = len(s.starts); line > 1 && s.starts[line-1] > at; {
		line--
	}
	return line, at - s.starts[line-1] + 1
}
