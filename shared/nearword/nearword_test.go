package nearword

import "testing"

func TestFind(t *testing.T) {
	t.Parallel()
	words := []string{"project", "repository", "pipeline", "work-item", "url"}
	for word, want := range map[string]string{
		"projct":      "project",
		"Projects":    "project",
		"repo":        "repository",
		"repos":       "repository",
		"pipelines":   "pipeline",
		"work_item":   "work-item",
		"wor-kitem":   "work-item",
		"ur":          "url",
		"board":       "",
		"":            "",
		"x":           "",
		"rep":         "repository",
		"ПРОЕКТ":      "",
		"pipe\x00ine": "pipeline",
	} {
		if got := Find(word, words); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}

func TestSuggestion(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"titel":   `did you mean "title"?`,
		"payload": "valid: title, icon",
	} {
		if got := Suggestion(word, []string{"title", "icon"}); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
	if got := Suggestion("x", nil); got != "there are none" {
		t.Errorf("without words: %q", got)
	}
}

func TestDistance(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"ab", "ba", 1}, {"kitten", "sitting", 3}, {"same", "same", 0}}
	for _, test := range tests {
		if got := Distance(test.a, test.b); got != test.want {
			t.Errorf("%q, %q: %d, want %d", test.a, test.b, got, test.want)
		}
	}
}
