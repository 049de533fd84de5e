package port

import (
	"strings"
	"testing"
)

func TestEntityIdentifier(t *testing.T) {
	t.Parallel()
	good := []string{
		"a", "A1", "@_.+:/=-\\", "...", ".a", "Ünïcödé", "日本語", "Проект/main",
		strings.Repeat("é", 1000),
	}
	bad := []string{
		"", ".", "..", "a b", "a(b)", "a#b", "a&b", "it's", "a,b", "a\tb", "a\n", "½", "a?b", "a%b", "\xff",
		strings.Repeat("é", 1001),
	}
	for _, id := range good {
		if err := checkEntityIdentifier(id); err != nil {
			t.Errorf("%q was refused: %v", id, err)
		}
	}
	for _, id := range bad {
		if err := checkEntityIdentifier(id); err == nil {
			t.Errorf("%q was accepted", id)
		}
	}
}

func TestBlueprintIdentifier(t *testing.T) {
	t.Parallel()
	if err := checkBlueprintIdentifier(strings.Repeat("b", 100)); err != nil {
		t.Error(err)
	}
	for _, id := range []string{"", "a=b", "a b", strings.Repeat("b", 101)} {
		if err := checkBlueprintIdentifier(id); err == nil {
			t.Errorf("%q was accepted", id)
		}
	}
}
