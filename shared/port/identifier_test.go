package port

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestIdentifiers(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 1000)
	tests := map[string]struct {
		identifier string
		entity     string // in the error; "" is none
		blueprint  string
	}{
		"plain":       {identifier: "azure_devops-1"},
		"every mark":  {identifier: `a@_.+:\/-`},
		"equals":      {identifier: "a=b", blueprint: `'=' at position 2`},
		"letters":     {identifier: "Ünï日本語кот"},
		"empty":       {entity: "is empty", blueprint: "is empty"},
		"dot":         {identifier: ".", entity: "must be neither", blueprint: "must be neither"},
		"two dots":    {identifier: "..", entity: "must be neither", blueprint: "must be neither"},
		"three dots":  {identifier: "..."},
		"space":       {identifier: "In Review (QA)", entity: `' ' at position 3`, blueprint: `' ' at position 3`},
		"parenthesis": {identifier: "é(", entity: `'(' at position 2`, blueprint: `'(' at position 2`},
		"hash":        {identifier: "#", entity: `'#' at position 1`, blueprint: `'#' at position 1`},
		"newline":     {identifier: "a\n", entity: `'\n' at position 2`, blueprint: `'\n' at position 2`},
		"other digit": {identifier: "٣", entity: "position 1", blueprint: "position 1"},
		"combining":   {identifier: "e\u0301", entity: "position 2", blueprint: "position 2"},
		"emoji":       {identifier: "a😀", entity: "position 2", blueprint: "position 2"},
		"broken":      {identifier: "a\xff", entity: "not UTF-8", blueprint: "not UTF-8"},
		"replacement": {identifier: "a\ufffd", entity: "position 2", blueprint: "position 2"},
		"100":         {identifier: long[:200]},
		"101":         {identifier: long[:202], blueprint: "101 characters, at most 100"},
		"1000":        {identifier: long, blueprint: "1000 characters"},
		"1001":        {identifier: long + "a", entity: "1001 characters, at most 1000", blueprint: "1001 characters"},
	}
	c := &Client{}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, c.CheckIdentifier(test.identifier), test.entity)
			check(t, CheckBlueprintIdentifier(test.identifier), test.blueprint)
		})
	}
}

func check(t *testing.T, err error, want string) {
	t.Helper()
	if want == "" {
		if err != nil {
			t.Errorf("unexpected: %v", err)
		}
		return
	}
	var typed *IdentifierError
	if !errors.As(err, &typed) || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %q in it", err, want)
	}
	if err != nil && len(err.Error()) > 1000 {
		t.Errorf("the error has %d bytes", len(err.Error()))
	}
}

// documented is Port's pattern without the look-ahead for "." and "..", which
// this syntax does not have.
var documented = regexp.MustCompile(`^[\p{L}0-9@_.+:\\/=-]+$`)

func FuzzCheckIdentifier(f *testing.F) {
	for _, s := range []string{"", ".", "a b", "é", "a\xff", `\/`, "a\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want := documented.MatchString(s) && s != "." && s != ".." && utf8.RuneCountInString(s) <= 1000
		err := (&Client{}).CheckIdentifier(s)
		if (err == nil) != want {
			t.Errorf("%q: %v, want allowed %v", s, err, want)
		}
		if err != nil && !utf8.ValidString(err.Error()) {
			t.Errorf("the message is not UTF-8: %q", err)
		}
	})
}
