package settings_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"adoport/shared/settings"
)

func TestSecret(t *testing.T) {
	t.Parallel()
	const value = "s3cret"
	s := settings.Secret(value)
	if s.Reveal() != value {
		t.Errorf("Reveal = %q; want %q", s.Reveal(), value)
	}
	type holder struct {
		S settings.Secret
		P *settings.Secret
		L []settings.Secret
		M map[string]settings.Secret
	}
	h := holder{s, &s, []settings.Secret{s}, map[string]settings.Secret{"key": s}}
	texts := map[string]string{
		"String":   s.String(),
		"GoString": s.GoString(),
		"LogValue": s.LogValue().String(),
		"Sprint":   fmt.Sprint(s, &s),
		"Errorf":   fmt.Errorf("with %w", fmt.Errorf("a secret %s", s)).Error(),
	}
	for _, verb := range "vsqxXdtcUfgeob" {
		for _, flag := range []string{"", "+", "#", "10", ".3", "-"} {
			format := "%" + flag + string(verb)
			texts[format] = fmt.Sprintf(format, s)
			texts[format+" of a struct"] = fmt.Sprintf(format, h)
		}
	}
	record := []any{slog.Any("s", s), slog.Any("p", &s), slog.Any("h", h), slog.Group("g", slog.Any("s", s))}
	var text, lines bytes.Buffer
	slog.New(slog.NewTextHandler(&text, nil)).InfoContext(t.Context(), "m", record...)
	slog.New(slog.NewJSONHandler(&lines, nil)).InfoContext(t.Context(), "m", record...)
	texts["text log"], texts["JSON log"] = text.String(), lines.String()
	document, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	texts["JSON"] = string(document)

	hex := fmt.Sprintf("%x", value)
	for how, got := range texts {
		if strings.Contains(got, value) || strings.Contains(strings.ToLower(got), hex) || strings.Contains(got, "115 51") {
			t.Errorf("%s shows the secret: %s", how, got)
		}
	}
	for _, how := range []string{"String", "GoString", "LogValue", "%v", "%d", "%q", "%x"} {
		if texts[how] != "<secret>" {
			t.Errorf("%s = %s; want <secret>", how, texts[how])
		}
	}
	var decoded map[string]any
	if err := json.Unmarshal(document, &decoded); err != nil || decoded["S"] != "<secret>" {
		t.Errorf("JSON = %s, %v; want S to be <secret>", document, err)
	}
}
