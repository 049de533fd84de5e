package mapping

import "strings"

// translate applies edits, which are in order and do not overlap.
func translate(text string, edits []edit) string {
	if len(edits) == 0 {
		return text
	}
	var b strings.Builder
	at := 0
	for _, e := range edits {
		b.WriteString(text[at:e.at])
		b.WriteString(e.by)
		at = e.at + e.size
	}
	b.WriteString(text[at:])
	return b.String()
}

// original maps an offset in a translated text back to the text.
func original(edits []edit, offset int) int {
	for _, e := range edits {
		if offset <= e.at {
			break
		}
		offset = max(e.at, offset+e.size-len(e.by))
	}
	return offset
}

// relative are the edits at or after start, for the text that begins there.
func relative(edits []edit, start int) []edit {
	var r []edit
	for _, e := range edits {
		if e.at >= start {
			r = append(r, edit{e.at - start, e.size, e.by})
		}
	}
	return r
}
