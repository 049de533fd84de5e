package mapping

import "testing"

func TestTranslateQuotes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{`.a`, `.a`},
		{`''`, `""`},
		{`'a' + 'b'`, `"a" + "b"`},
		{`'say "hi"'`, `"say \"hi\""`},
		{`"it's"`, `"it's"`},
		{`'it's'`, `"it's"`},
		{`'a\'b'`, `"a'b"`},
		{`'\\'`, `"\\"`},
		{`'\(.a + 'b')'`, `"\(.a + "b")"`},
		{`"\('a' + "b'c")"`, `"\("a" + "b'c")"`},
		{`'\("x" + '"')'`, `"\("x" + "\"")"`},
		{"'a' # it's\n| 'b'", "\"a\" # it's\n| \"b\""},
		{"'a' # x \\\n 'y'\n| 'b'", "\"a\" # x \\\n 'y'\n| \"b\""},
		{`select(.x=='a')`, `select(.x=="a")`},
		{`{'a':1}['a']`, `{"a":1}["a"]`},
		{`'é' + 'ü'`, `"é" + "ü"`},
	} {
		s := scan(c.in)
		if got := translate(c.in, s.edits); got != c.want {
			t.Errorf("%s became %s, want %s", c.in, got, c.want)
		}
	}
}

// TestOriginal checks that what was not edited keeps its place.
func TestOriginal(t *testing.T) {
	t.Parallel()
	const text = `'a "b" \'c\'' + 'd' + X + "e'" + Y`
	s := scan(text)
	translated := translate(text, s.edits)
	for _, mark := range "Xabcd+eY" {
		for i, r := range translated {
			if r == mark && rune(text[original(s.edits, i)]) != mark {
				t.Errorf("%q at %d of %s is at %d of %s", mark, i, translated, original(s.edits, i), text)
			}
		}
	}
}
