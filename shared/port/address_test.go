package port

import (
	"context"
	"strings"
	"testing"
)

func TestBaseURL(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		base      string
		allowHTTP bool
		want      string // "" is an error
	}{
		"default":              {base: DefaultBaseURL, want: "https://api.port.io/v1"},
		"US":                   {base: "https://api.us.port.io", want: "https://api.us.port.io/v1"},
		"slash":                {base: "https://api.port.io/", want: "https://api.port.io/v1"},
		"v1":                   {base: "https://api.port.io/v1", want: "https://api.port.io/v1"},
		"v1 and slash":         {base: "https://api.port.io/v1/", want: "https://api.port.io/v1"},
		"path":                 {base: "https://proxy.example/port/", want: "https://proxy.example/port/v1"},
		"path that ends in v1": {base: "https://proxy.example/portv1", want: "https://proxy.example/portv1/v1"},
		"spaces around":        {base: " https://api.port.io\n", want: "https://api.port.io/v1"},
		"loopback name":        {base: "http://localhost:8080", want: "http://localhost:8080/v1"},
		"loopback IPv4":        {base: "http://127.0.0.2:1", want: "http://127.0.0.2:1/v1"},
		"loopback IPv6":        {base: "http://[::1]:1", want: "http://[::1]:1/v1"},
		"http allowed":         {base: "http://port.example", allowHTTP: true, want: "http://port.example/v1"},
		"http":                 {base: "http://port.example"},
		"no scheme":            {base: "api.port.io"},
		"other scheme":         {base: "ftp://api.port.io"},
		"no host":              {base: "https:///v1"},
		"user":                 {base: "https://ada:s3cret-value@api.port.io"},
		"query":                {base: "https://api.port.io?a=s3cret-value"},
		"broken":               {base: "https://ada:s3cret-value@api.port.io:x"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := apiURL(test.base, test.allowHTTP)
			if got != test.want || (err == nil) != (test.want != "") {
				t.Errorf("%q, %v", got, err)
			}
			if err != nil {
				redacted(t, err.Error())
			}
		})
	}
}

func TestUserAgent(t *testing.T) {
	t.Parallel()
	tests := map[[2]string]string{
		{"1.2.3", "default"}:           "adoport/1.2.3 (instance/default)",
		{"", "a"}:                      "adoport/dev (instance/a)",
		{"(devel)", "a"}:               "adoport/devel (instance/a)",
		{"v1.0.0+dirty\r\nX: y", "eu"}: "adoport/v1.0.0+dirty-X-y (instance/eu)",
	}
	for in, want := range tests {
		if got := userAgent(in[0], in[1]); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	creds := func(context.Context) (string, string, error) { return "", "", nil }
	tests := map[string]struct {
		o    Options
		want string // in the error; "" is none
	}{
		"least":          {o: Options{Credentials: creds}},
		"no credentials": {o: Options{}, want: "Credentials"},
		"base":           {o: Options{Credentials: creds, BaseURL: "http://port.example"}, want: "https"},
		"instance":       {o: Options{Credentials: creds, Instance: "a) (instance/b"}, want: "instance name"},
	}
	for name, test := range tests {
		_, err := New(test.o)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPath(t *testing.T) {
	t.Parallel()
	if got, want := path("blueprints", "a/b", "entities", `x:y@z+é\=`), "/blueprints/a%2Fb/entities/x%3Ay%40z%2B%C3%A9%5C%3D"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
