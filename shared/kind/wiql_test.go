package kind

import (
	"strings"
	"testing"
)

func TestMaskLiterals(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"":                      "",
		"[a] = 1":               "... = 1",
		"x = 'y' or z":          "X = ... OR Z",
		`x = "it's" or z`:       "X = ...... OR Z",
		"x = 'it''s' or z":      "X = ....... OR Z",
		"x = 'open":             "X = .....",
		"[it's] = 'a[b' or [c]": "...... = ..... OR ...",
		"straße = 'ß'":          "STRAßE = ....",
	}
	for wiql, want := range tests {
		if got := maskLiterals(wiql); got != want {
			t.Errorf("%s: got %s, want %s", wiql, got, want)
		}
	}
}

func TestCondition(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"  [a] = 1 ":                             "[a] = 1",
		"[a] = 1 ORDER BY [b]":                   "[a] = 1",
		"[a] = 1\torder \n by [b], [c] desc":     "[a] = 1",
		"[a] = 'x'ORDER BY [b]":                  "[a] = 'x'",
		"[a] = 'ORDER BY'":                       "[a] = 'ORDER BY'",
		"[a] = 'ORDER BY' ORDER BY [b]":          "[a] = 'ORDER BY'",
		"[Order By] = 1":                         "[Order By] = 1",
		"[a] = BORDER BYTES":                     "[a] = BORDER BYTES",
		"[a] = 1 ORDER BY [b] ORDER BY [c]":      "[a] = 1",
		"ORDER BY [b]":                           "",
		"[selected] = 1":                         "[selected] = 1",
		"selection = 1":                          "selection = 1",
		"[a] = \"it's\" AND [b] <> 'ORDER BY x'": "[a] = \"it's\" AND [b] <> 'ORDER BY x'",
	}
	for wiql, want := range tests {
		got, err := condition(wiql)
		if err != nil || got != want {
			t.Errorf("%s: got %q, %v; want %q", wiql, got, err, want)
		}
	}
}

func FuzzMaskLiterals(f *testing.F) {
	for _, seed := range []string{"", "a = 'b'", `"`, "'", "[", "]", "[a'] = \"b]\"", "é = 'é'", "'a''b'", "\xff'\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, wiql string) {
		masked := maskLiterals(wiql)
		if len(masked) != len(wiql) {
			t.Errorf("%q has another length than %q: offsets would be wrong", masked, wiql)
		}
		if again := maskLiterals(masked); again != masked {
			t.Errorf("masking %q again gives %q", masked, again)
		}
		if strings.ContainsAny(masked, `'"[abcdefghijklmnopqrstuvwxyz`) {
			t.Errorf("%q has quotes or small letters", masked)
		}
	})
}

func FuzzCondition(f *testing.F) {
	for _, seed := range []string{"", "[a] = 'b' ORDER BY [c]", "select", "order by order by", "[ORDER BY]", "'ORDER BY", "ORDER BY ORDER BY [x]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, wiql string) {
		got, err := condition(wiql)
		if err != nil {
			if !strings.HasPrefix(strings.ToUpper(strings.TrimSpace(wiql)), "SELECT") {
				t.Errorf("%q is refused: %v", wiql, err)
			}
			return
		}
		if !strings.HasPrefix(strings.TrimSpace(wiql), got) {
			t.Errorf("%q became %q, which is more than a part taken off", wiql, got)
		}
		if again, err := condition(got); err != nil || again != got {
			t.Errorf("%q became %q, %v", got, again, err)
		}
	})
}
