package functionshost

import (
	"maps"
	"net/http/httptest"
	"testing"
)

func TestRoutes(t *testing.T) {
	t.Parallel()
	text := func(s string) *string { return &s }
	type parameters = map[string]string
	tests := map[string]struct {
		route   *string
		prefix  string
		methods []string
		request string
		target  string
		want    parameters // nil is no match
	}{
		"the name by default": {prefix: "api", request: "POST", target: "/api/fn", want: parameters{}},
		"a blank route":       {route: text(" "), prefix: "api", request: "POST", target: "/api/fn", want: parameters{}},
		"any case":            {route: text("hook"), prefix: "api", request: "POST", target: "/API/Hook", want: parameters{}},
		"a slash at the end":  {route: text("/hook/"), prefix: "api", request: "POST", target: "/api/hook/", want: parameters{}},
		"no prefix":           {route: text("hook"), request: "POST", target: "/hook", want: parameters{}},
		"without the prefix":  {route: text("hook"), prefix: "api", request: "POST", target: "/hook"},
		"more":                {route: text("hook"), prefix: "api", request: "POST", target: "/api/hook/more"},
		"less":                {route: text("a/b"), prefix: "api", request: "POST", target: "/api/a"},
		"a method":            {route: text("hook"), prefix: "api", methods: []string{"post"}, request: "POST", target: "/api/hook", want: parameters{}},
		"another method":      {route: text("hook"), prefix: "api", methods: []string{"post"}, request: "GET", target: "/api/hook"},
		"a parameter":         {route: text("a/{id}/b"), prefix: "api", request: "GET", target: "/api/a/7/b", want: parameters{"id": "7"}},
		"an optional one":     {route: text("a/{id?}"), prefix: "api", request: "GET", target: "/api/a", want: parameters{}},
		"a missing one":       {route: text("a/{id}"), prefix: "api", request: "GET", target: "/api/a"},
		"the rest":            {route: text("a/{*rest}"), prefix: "api", request: "GET", target: "/api/a/b/c", want: parameters{"rest": "b/c"}},
		"an empty rest":       {route: text("a/{*rest}"), prefix: "api", request: "GET", target: "/api/a", want: parameters{"rest": ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := newRoute(&function{name: "fn", trigger: binding{Route: tt.route, Methods: tt.methods}}, tt.prefix)
			if err != nil {
				t.Fatal(err)
			}
			got, ok := r.match(httptest.NewRequest(tt.request, tt.target, nil))
			if ok != (tt.want != nil) || ok && !maps.Equal(got, tt.want) {
				t.Errorf("%v, %v; want %v", got, ok, tt.want)
			}
		})
	}
}
