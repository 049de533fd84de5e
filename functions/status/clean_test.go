package status

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                             "",
		"Zoë — 10 %":                   "Zoë — 10 %",
		"two\r\n\tlines ":              "two lines",
		"\x1b[31mred\x00":              "\ufffd[31mred\ufffd",
		"a\u202eb\u200bc\ufeff":        "a\ufffdb\ufffdc\ufffd",
		"broken \xff":                  "broken \ufffd",
		strings.Repeat("ä", longest):   strings.Repeat("ä", longest),
		strings.Repeat("ä", 1+longest): strings.Repeat("ä", longest-1) + "…",
	} {
		if got := clean(text); got != want {
			t.Errorf("clean(%q) = %q, want %q", text, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add(evil)
	f.Add(strings.Repeat("a ", longest))
	f.Fuzz(func(t *testing.T, text string) {
		got := clean(text)
		if again := clean(got); again != got {
			t.Errorf("clean(%q) = %q, and cleaned again %q", text, got, again)
		}
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > longest || strings.ContainsFunc(got, func(r rune) bool {
			return unicode.In(r, unicode.Cc, unicode.Cf)
		}) {
			t.Errorf("clean(%q) = %q", text, got)
		}
	})
}

func TestWithoutSecrets(t *testing.T) {
	t.Parallel()
	for organization, want := range map[string]string{
		"":                                 "",
		"fabrikam":                         "fabrikam",
		"https://dev.azure.com/fabrikam":   "https://dev.azure.com/fabrikam",
		"https://tfs.fabrikam:8080/tfs/DC": "https://tfs.fabrikam:8080/tfs/DC",
		"https://:pat@dev.azure.com/fabrikam?pat=pat#pat": "https://dev.azure.com/fabrikam",
		"https://u:pat@host/a%zz":                         "(not shown: neither a name nor a URL)",
		"user:pat@dev.azure.com/fabrikam":                 "(not shown: neither a name nor a URL)",
		"fabrikam?pat=pat":                                "(not shown: neither a name nor a URL)",
	} {
		if got := withoutSecrets(organization); got != want {
			t.Errorf("withoutSecrets(%q) = %q, want %q", organization, got, want)
		}
	}
}
