package mapping

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

const (
	// maxFileSize of a mapping file in bytes.
	maxFileSize = 1 << 20
	// maxTokens bounds the parser's time, which grows with the square of the
	// entries of one object.
	maxTokens = 50_000
	// maxDepth bounds the recursion of the parser and of ours.
	maxDepth = 64
	// maxNodes bounds what aliases unfold to.
	maxNodes = 100_000
)

// reader turns the bytes of a file into nodes.
type reader struct {
	anchors map[string]*node
	// tooLarge is set when aliases unfold to too much to look at.
	tooLarge bool
	report   func(line, column int, message string)
}

// read returns the root of the file, nil if a problem made it unreadable.
func (r *reader) read(text []byte) *node {
	if len(text) > maxFileSize {
		r.report(1, 1, fmt.Sprintf("the file is larger than %d bytes", maxFileSize))
		return nil
	}
	tokens := lexer.Tokenize(string(text))
	if !r.bounded(tokens) {
		return nil
	}
	file, err := parse(tokens)
	if err != nil {
		r.syntaxError(err)
		return nil
	}
	var documents []ast.Node
	for _, d := range file.Docs {
		if d.Body != nil {
			documents = append(documents, d.Body)
		}
	}
	if len(documents) == 0 {
		r.report(1, 1, `the file is empty, it needs "resources"`)
		return nil
	}
	if len(documents) > 1 {
		at := documents[1].GetToken().Position
		r.report(at.Line, 1, "only one YAML document is read, this is a second one")
	}
	root := r.convert(documents[0])
	if r.tooLarge {
		return nil
	}
	return root
}

// parse guards against panics of the parser, which is third-party code that
// reads what people write.
func parse(tokens token.Tokens) (file *ast.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			file, err = nil, fmt.Errorf("the YAML parser failed: %v", r)
		}
	}()
	return parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
}

// syntaxError reports the one error after which the parser cannot go on.
func (r *reader) syntaxError(err error) {
	var positioned interface {
		GetToken() *token.Token
		GetMessage() string
	}
	if !errors.As(err, &positioned) || positioned.GetToken() == nil {
		r.report(1, 1, "YAML: "+err.Error())
		return
	}
	at := positioned.GetToken().Position
	r.report(at.Line, max(at.Column, 1), "YAML: "+positioned.GetMessage())
}

// bounded refuses what would cost the parser too much time or stack.
func (r *reader) bounded(tokens token.Tokens) bool {
	if len(tokens) > maxTokens {
		at := tokens[maxTokens].Position
		r.report(at.Line, at.Column, fmt.Sprintf("the file has more than %d words and signs", maxTokens))
		return false
	}
	flow, run := 0, 0
	for _, t := range tokens {
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			flow++
		case token.MappingEndType, token.SequenceEndType:
			flow--
		case token.SequenceEntryType, token.MappingKeyType, token.AnchorType, token.TagType:
			run++
		case token.StringType, token.SingleQuoteType, token.DoubleQuoteType, token.MappingValueType:
			run = 0
		default:
		}
		if flow > maxDepth || run > 4*maxDepth || t.Position.IndentNum > 16*maxDepth {
			r.report(t.Position.Line, t.Position.Column, "this is nested too deeply")
			return false
		}
	}
	return true
}

// withoutCarriageReturns removes what would disturb positions: a byte order mark, carriage
// returns.
func withoutCarriageReturns(data []byte) []byte {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	return bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
}
