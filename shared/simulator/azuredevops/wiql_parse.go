package azuredevops

import (
	"fmt"
	"time"
)

// wiqlQuery is a flat query that was understood.
type wiqlQuery struct {
	columns []*field
	where   condition // nil if every work item matches
	order   []orderKey
}

// orderKey is one field of ORDER BY.
type orderKey struct {
	field      *field
	descending bool
}

// wiqlParser reads the subset of WIQL that this package knows: SELECT, FROM
// WorkItems, WHERE and ORDER BY. Anything else is a syntax error.
type wiqlParser struct {
	server *Server
	text   string
	// project is what @project means, nil on a route of the organization.
	project *project
	// timed is timePrecision: without it dates compare by day, and a literal
	// with a time is refused.
	timed  bool
	now    time.Time
	tokens []token
	at     int
}

func (p *wiqlParser) parse() (*wiqlQuery, error) {
	var err error
	if p.tokens, err = tokenize(p.text); err != nil {
		return nil, err
	}
	q := &wiqlQuery{}
	if q.columns, err = p.selectClause(); err != nil {
		return nil, err
	}
	if !p.accept("FROM") {
		return nil, syntaxError("The query statement is missing a FROM clause.", p.peek())
	}
	if t := p.next(); !t.is("WorkItems") {
		return nil, syntaxError("Expecting WorkItems; this stand-in knows no other source.", t)
	}
	if p.accept("WHERE") {
		if q.where, err = p.or(); err != nil {
			return nil, err
		}
	}
	if p.accept("ORDER") {
		if q.order, err = p.orderClause(); err != nil {
			return nil, err
		}
	}
	if t := p.peek(); t.kind != endToken {
		return nil, syntaxError("Expecting end of string.", t)
	}
	return q, nil
}

func (p *wiqlParser) peek() token { return p.tokens[p.at] }

// next takes a token; the end stays where it is.
func (p *wiqlParser) next() token {
	t := p.tokens[p.at]
	if t.kind != endToken {
		p.at++
	}
	return t
}

func (p *wiqlParser) accept(word string) bool {
	if p.peek().is(word) {
		p.at++
		return true
	}
	return false
}

func (p *wiqlParser) acceptSign(sign string) bool {
	if p.peek().sign(sign) {
		p.at++
		return true
	}
	return false
}

func (p *wiqlParser) selectClause() ([]*field, error) {
	if t := p.next(); !t.is("SELECT") {
		return nil, syntaxError("The query statement is missing a SELECT clause.", t)
	}
	if p.acceptSign("*") {
		return fields, nil
	}
	var columns []*field
	for {
		f, err := p.field()
		if err != nil {
			return nil, err
		}
		columns = append(columns, f)
		if !p.acceptSign(",") {
			return columns, nil
		}
	}
}

func (p *wiqlParser) orderClause() ([]orderKey, error) {
	if t := p.next(); !t.is("BY") {
		return nil, syntaxError("Expecting BY.", t)
	}
	var keys []orderKey
	for {
		f, err := p.field()
		if err != nil {
			return nil, err
		}
		key := orderKey{field: f}
		if !p.accept("ASC") {
			key.descending = p.accept("DESC")
		}
		keys = append(keys, key)
		if !p.acceptSign(",") {
			return keys, nil
		}
	}
}

func (p *wiqlParser) field() (*field, error) {
	t := p.next()
	if t.kind != fieldToken && t.kind != wordToken {
		return nil, syntaxError("Expecting field name.", t)
	}
	f, ok := p.server.findField(t.text)
	if !ok {
		return nil, &wiqlError{fmt.Sprintf("TF51005: The query references a field that does not exist. The error is caused by «%s».", t.source)}
	}
	return f, nil
}
