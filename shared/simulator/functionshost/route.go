package functionshost

import (
	"net/http"
	"slices"
	"strings"
)

// route is where an HTTP function is found.
type route struct {
	// text is as written, without the prefix and without slashes around it.
	text string
	// path is text with the prefix.
	path     string
	segments []segment
	// methods are in upper case; none means all.
	methods []string
	level   authLevel
}

// segment is a part of a route between slashes.
type segment struct {
	literal string
	// parameter is the name of {parameter}; optional is {parameter?}, rest {*parameter}.
	parameter      string
	optional, rest bool
}

// newRoute reads the route of an httpTrigger, which is the function's name by
// default. What begins with admin or runtime is the host's own (host, ScriptHost.cs).
func newRoute(f *function, prefix string) (*route, error) {
	text := f.name
	if f.trigger.Route != nil && strings.TrimSpace(*f.trigger.Route) != "" {
		text = *f.trigger.Route
	}
	r := &route{text: strings.Trim(text, "/")}
	for _, reserved := range []string{"admin", "runtime"} {
		if strings.HasPrefix(strings.ToLower(r.text), reserved) {
			return nil, hostError("The specified route conflicts with one or more built in routes.")
		}
	}
	r.path = strings.Trim(prefix+"/"+r.text, "/")
	for part := range strings.SplitSeq(r.path, "/") {
		s, err := newSegment(part)
		if err != nil {
			return nil, err
		}
		r.segments = append(r.segments, s)
	}
	for _, method := range f.trigger.Methods {
		r.methods = append(r.methods, strings.ToUpper(method))
	}
	var err error
	r.level, err = parseAuthLevel(f.trigger.AuthLevel)
	return r, err
}

func newSegment(part string) (segment, error) {
	inner, ok := strings.CutPrefix(part, "{")
	if !ok {
		if strings.ContainsAny(part, "{}") {
			return segment{}, hostErrorf("the route segment %q is not emulated: a parameter must be a whole segment", part)
		}
		return segment{literal: part}, nil
	}
	inner, ok = strings.CutSuffix(inner, "}")
	if !ok || strings.ContainsAny(inner, "{}:=") {
		return segment{}, hostErrorf("the route segment %q is not emulated: constraints and defaults are not", part)
	}
	s := segment{parameter: inner}
	s.parameter, s.rest = strings.CutPrefix(s.parameter, "*")
	s.parameter, s.optional = strings.CutSuffix(s.parameter, "?")
	return s, nil
}

// conflict refuses a route that another function has, with a method in common.
func (l *loader) conflict(f *function) error {
	for _, other := range l.functions {
		if other.route == nil || !strings.EqualFold(other.route.text, f.route.text) {
			continue
		}
		if len(other.route.methods) == 0 || len(f.route.methods) == 0 ||
			slices.ContainsFunc(f.route.methods, func(m string) bool { return slices.Contains(other.route.methods, m) }) {
			return hostErrorf("The route specified conflicts with the route defined by function '%s'.", other.name)
		}
	}
	return nil
}

// match reports whether a request is for the route, and returns its parameters.
// A wrong method is no match, so it becomes a 404, not a 405.
func (r *route) match(request *http.Request) (parameters map[string]string, ok bool) {
	if len(r.methods) > 0 && !slices.Contains(r.methods, request.Method) {
		return nil, false
	}
	parts := strings.Split(strings.Trim(request.URL.Path, "/"), "/")
	parameters = map[string]string{}
	for i, s := range r.segments {
		switch {
		case s.rest:
			parameters[s.parameter] = strings.Join(parts[min(i, len(parts)):], "/")
			return parameters, true
		case i >= len(parts):
			if !s.optional {
				return nil, false
			}
		case s.parameter != "":
			if parts[i] == "" {
				return nil, false
			}
			parameters[s.parameter] = parts[i]
		case !strings.EqualFold(s.literal, parts[i]):
			return nil, false
		}
	}
	return parameters, len(parts) <= len(r.segments)
}
