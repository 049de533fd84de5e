package azuredevops

// condition is a node of a WHERE clause.
type condition interface {
	match(it *item) bool
}

type (
	andCondition []condition
	orCondition  []condition
	notCondition struct{ of condition }
)

func (c andCondition) match(it *item) bool {
	for _, part := range c {
		if !part.match(it) {
			return false
		}
	}
	return true
}

func (c orCondition) match(it *item) bool {
	for _, part := range c {
		if part.match(it) {
			return true
		}
	}
	return false
}

func (c notCondition) match(it *item) bool { return !c.of.match(it) }

// or parses conditions with OR between them, which binds weaker than AND.
func (p *wiqlParser) or() (condition, error) {
	first, err := p.and()
	if err != nil || !p.peek().is("OR") {
		return first, err
	}
	parts := orCondition{first}
	for p.accept("OR") {
		part, err := p.and()
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	return parts, nil
}

func (p *wiqlParser) and() (condition, error) {
	first, err := p.not()
	if err != nil || !p.peek().is("AND") {
		return first, err
	}
	parts := andCondition{first}
	for p.accept("AND") {
		part, err := p.not()
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	return parts, nil
}

func (p *wiqlParser) not() (condition, error) {
	if p.accept("NOT") {
		of, err := p.not()
		return notCondition{of}, err
	}
	if !p.acceptSign("(") {
		return p.comparison()
	}
	inner, err := p.or()
	if err != nil {
		return nil, err
	}
	if !p.acceptSign(")") {
		return nil, syntaxError("Expecting closing parenthesis.", p.peek())
	}
	return inner, nil
}
