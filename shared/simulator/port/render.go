package port

// renderer writes entities as JSON. It lives as long as the lock under which it
// was made.
type renderer struct {
	store *store
	meta  []bool // by metaFields
	names []bool // by number of the field's name
	// properties and relations say whether these objects are shown.
	properties, relations bool
}

func (s *store) renderer(sel *selection) *renderer {
	p := &renderer{store: s, properties: sel.showsGroup("properties"), relations: sel.showsGroup("relations")}
	for _, field := range metaFields {
		p.meta = append(p.meta, sel.shows(field))
	}
	for _, field := range s.names.list {
		p.names = append(p.names, sel.shows(field))
	}
	return p
}

// whole shows everything.
func (s *store) whole() *renderer { return s.renderer(&selection{}) }

// entity appends one entity.
func (p *renderer) entity(dst []byte, sh *shelf, r *record) []byte {
	people := p.store.people.list
	dst = append(dst, '{')
	begin := len(dst)
	for i, field := range metaFields {
		if !p.meta[i] {
			continue
		}
		dst = key(dst, begin, field)
		switch field {
		case "identifier":
			dst = appendString(dst, r.id)
		case "blueprint":
			dst = appendString(dst, sh.id)
		case "createdAt":
			dst = appendString(dst, formatMillis(r.created))
		case "createdBy":
			dst = appendString(dst, people[r.createdBy])
		case "updatedAt":
			dst = appendString(dst, formatMillis(r.updated))
		case "updatedBy":
			dst = appendString(dst, people[r.updatedBy])
		}
	}
	dst = p.group(dst, begin, r, "")
	if p.properties {
		dst = key(dst, begin, "properties")
		dst = append(p.group(append(dst, '{'), len(dst)+1, r, "properties"), '}')
	}
	if p.relations {
		dst = key(dst, begin, "relations")
		dst = append(p.group(append(dst, '{'), len(dst)+1, r, "relations"), '}')
	}
	return append(dst, '}')
}

// group appends the shown fields of one group. The object began at begin.
func (p *renderer) group(dst []byte, begin int, r *record, of string) []byte {
	for id, raw := range packedFields(r.body) {
		in, name := group(p.store.names.list[id])
		if in == of && p.names[id] {
			dst = append(key(dst, begin, name), raw...)
		}
	}
	return dst
}

// key appends a key, with a comma unless it is the object's first.
func key(dst []byte, begin int, name string) []byte {
	if len(dst) > begin {
		dst = append(dst, ',')
	}
	return append(appendString(dst, name), ':')
}
