package status

import (
	"bytes"
	"html"
	"strconv"
	"time"
)

// markup is HTML that is being written. html/template would do it too, but it
// calls methods by name, so that the linker keeps all methods of all types: 2.6
// MB more in every binary.
type markup struct{ b bytes.Buffer }

// literal is a constant of this package. A string that came from elsewhere is no
// literal: raw does not compile with it, and it has to go through text.
type literal string

// raw writes HTML as it is.
func (m *markup) raw(constant literal) { m.b.WriteString(string(constant)) }

// text writes text: nothing in it is HTML, in an element or in a quoted attribute.
func (m *markup) text(s string) { m.b.WriteString(html.EscapeString(clean(s))) }

// cell writes what is in one cell of a table.
type cell func(m *markup)

func words(s string) cell { return func(m *markup) { m.text(s) } }

func number(n int) cell {
	return func(m *markup) {
		if n == 0 {
			m.raw(`<span class="none">0</span>`)
			return
		}
		m.text(strconv.Itoa(n))
	}
}

// known is a number that may not be known.
func known(n *int) cell {
	if n == nil {
		return words("unknown")
	}
	return number(*n)
}

// moment writes a time in UTC and how far it is from now; "–" for the zero time.
func moment(t, now time.Time) cell {
	return func(m *markup) {
		if t.IsZero() {
			m.text("–")
			return
		}
		iso := t.UTC().Format(time.RFC3339)
		m.raw(`<time datetime="`)
		m.text(iso)
		m.raw(`">`)
		m.text(iso)
		m.raw(`</time> <span class="ago">`)
		m.text(relative(t, now))
		m.raw(`</span>`)
	}
}

// mark writes a word in a colour: good, bad, or neither.
func mark(word string, class literal) cell {
	return func(m *markup) {
		m.raw(`<span class="mark `)
		m.raw(class)
		m.raw(`">`)
		m.text(word)
		m.raw(`</span>`)
	}
}

// column is a column of a table. Numbers are set to the right.
type column struct {
	title   literal
	numeric bool
}

// table writes a table. The first cell of a row is its header.
func (m *markup) table(caption string, columns []column, rows [][]cell) {
	m.raw(`<div class="scroll"><table>`)
	if caption != "" {
		m.raw(`<caption>`)
		m.text(caption)
		m.raw(`</caption>`)
	}
	m.raw(`<thead><tr>`)
	for _, c := range columns {
		m.raw(`<th scope="col"`)
		m.align(c)
		m.raw(c.title)
		m.raw(`</th>`)
	}
	m.raw("</tr></thead>\n<tbody>\n")
	for _, cells := range rows {
		m.raw(`<tr>`)
		for i, write := range cells {
			if i == 0 {
				m.raw(`<th scope="row"`)
			} else {
				m.raw(`<td`)
			}
			m.align(columns[i])
			write(m)
			if i == 0 {
				m.raw(`</th>`)
			} else {
				m.raw(`</td>`)
			}
		}
		m.raw("</tr>\n")
	}
	m.raw("</tbody></table></div>\n")
}

// align ends the tag of a cell.
func (m *markup) align(c column) {
	if c.numeric {
		m.raw(` class="number"`)
	}
	m.raw(`>`)
}

// section begins a section. Sections end where the next one begins.
func (m *markup) section(title literal) {
	m.raw("<h2>")
	m.raw(title)
	m.raw("</h2>\n")
}

// paragraph writes a paragraph of text.
func (m *markup) paragraph(s string) {
	m.raw("<p>")
	m.text(s)
	m.raw("</p>\n")
}

// list writes a list of texts.
func (m *markup) list(class literal, texts []string) {
	m.raw(`<ul class="`)
	m.raw(class)
	m.raw("\">\n")
	for _, s := range texts {
		m.raw("<li>")
		m.text(s)
		m.raw("</li>\n")
	}
	m.raw("</ul>\n")
}
