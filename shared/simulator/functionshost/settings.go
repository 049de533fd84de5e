package functionshost

import "strings"

// settings are the app settings by name. As in .NET's configuration the case of
// a name does not matter, and __ is the same as a colon.
type settings map[string]string

// newSettings reads "NAME=value" entries, the last of a name wins.
func newSettings(environment []string) settings {
	s := make(settings, len(environment))
	for _, entry := range environment {
		name, value, _ := strings.Cut(entry, "=")
		s[settingKey(name)] = value
	}
	return s
}

// settingKey is how a name is looked up.
func settingKey(name string) string {
	return strings.ToLower(strings.ReplaceAll(name, "__", ":"))
}

// get returns a setting; an empty one is as good as none.
func (s settings) get(name string) (string, bool) {
	value := s[settingKey(name)]
	return value, value != ""
}

// has reports whether there are settings below a name: name__accountName.
func (s settings) has(name string) bool {
	prefix := settingKey(name) + ":"
	for key := range s {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}

// resolve replaces every %NAME% by its setting. Its errors are the host's
// (azure-webjobs-sdk, INameResolver's ResolveWholeString).
func (s settings) resolve(text string) (string, error) {
	var b strings.Builder
	rest := text
	for {
		before, after, found := strings.Cut(rest, "%")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		name, tail, closed := strings.Cut(after, "%")
		if !closed {
			return "", hostErrorf("The '%%' at position %d does not have a closing '%%'", len(text)-len(after)-1)
		}
		value, ok := s.get(name)
		if !ok {
			return "", hostErrorf("'%%%s%%' does not resolve to a value.", name)
		}
		b.WriteString(value)
		rest = tail
	}
}

// expand replaces %NAME% as environment variables are expanded: one that is not
// set becomes empty (host, WorkerDescription.cs).
func (s settings) expand(text string) string {
	parts := strings.Split(text, "%")
	for i := 1; i < len(parts)-1; i += 2 {
		parts[i], _ = s.get(parts[i])
	}
	if len(parts)%2 == 0 { // the last % has no closing one
		return strings.Join(parts[:len(parts)-1], "") + "%" + parts[len(parts)-1]
	}
	return strings.Join(parts, "")
}
