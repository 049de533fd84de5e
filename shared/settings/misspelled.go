package settings

import (
	"fmt"
	"slices"
	"strings"

	"adoport/shared/nearword"
)

// prefixes are those of names that are ours alone.
var prefixes = []string{"AZURE_DEVOPS_", "PORT_", "ADOPORT_", "SERVICE_HOOK_"}

// Misspelled returns a warning for every variable that is not a setting, but
// whose name begins like one and nearly is one. environ is a list of
// "NAME=value" as os.Environ returns it; values are never shown. Other names
// that are not known are nobody's business: an environment is full of them.
func Misspelled(environ []string) []string {
	var warnings []string
	for _, variable := range environ {
		name, _, _ := strings.Cut(variable, "=")
		if meant, ok := nearMiss(name); ok {
			warnings = append(warnings, fmt.Sprintf("%s is not a setting and is ignored: did you mean %s?", name, meant))
		}
	}
	slices.Sort(warnings)
	return warnings
}

// nearMiss returns the setting that a name is a misspelling of.
func nearMiss(name string) (meant string, ok bool) {
	// A whole environment is looked at, and only short names can be near.
	if len(name) > 64 {
		return "", false
	}
	folded := strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
	if !hasPrefix(folded) {
		return "", false
	}
	least := 0
	for _, e := range table {
		if e.Name == name {
			return "", false
		}
		if !hasPrefix(e.Name) {
			continue
		}
		d := nearword.Distance(folded, e.Name)
		if d <= len(e.Name)/5 && (!ok || d < least) {
			meant, least, ok = e.Name, d, true
		}
	}
	return meant, ok
}

func hasPrefix(name string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}
