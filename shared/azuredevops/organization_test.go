package azuredevops

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseOrganization(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		in        string
		allowHTTP bool
		url, name string
	}{
		{in: "fabrikam", url: "https://dev.azure.com/fabrikam", name: "fabrikam"},
		{in: "  fabrikam-2\n", url: "https://dev.azure.com/fabrikam-2", name: "fabrikam-2"},
		{in: "fabrikam/", url: "https://dev.azure.com/fabrikam", name: "fabrikam"},
		{in: "https://dev.azure.com/Fabrikam", url: "https://dev.azure.com/Fabrikam", name: "Fabrikam"},
		{in: "https://dev.azure.com/fabrikam//", url: "https://dev.azure.com/fabrikam", name: "fabrikam"},
		{in: "https://DEV.azure.com:443/fabrikam", url: "https://dev.azure.com/fabrikam", name: "fabrikam"},
		{in: "dev.azure.com/fabrikam", url: "https://dev.azure.com/fabrikam", name: "fabrikam"},
		{in: "https://fabrikam.visualstudio.com", url: "https://fabrikam.visualstudio.com", name: "fabrikam"},
		{in: "https://Fabrikam.VisualStudio.com/DefaultCollection/", url: "https://fabrikam.visualstudio.com", name: "fabrikam"},
		{in: "fabrikam.visualstudio.com", url: "https://fabrikam.visualstudio.com", name: "fabrikam"},
		{in: "https://tfs.fabrikam.example/tfs/Default%20Collection", url: "https://tfs.fabrikam.example/tfs/Default%20Collection", name: "https://tfs.fabrikam.example/tfs/Default%20Collection"},
		{in: "https://tfs.fabrikam.example:8443/Größe", url: "https://tfs.fabrikam.example:8443/Gr%C3%B6%C3%9Fe", name: "https://tfs.fabrikam.example:8443/Gr%C3%B6%C3%9Fe"},
		{in: "https://tfs.fabrikam.example", url: "https://tfs.fabrikam.example", name: "https://tfs.fabrikam.example"},
		{in: "http://127.0.0.1:8080", url: "http://127.0.0.1:8080", name: "http://127.0.0.1:8080"},
		{in: "http://localhost:80/fabrikam", url: "http://localhost/fabrikam", name: "http://localhost/fabrikam"},
		{in: "http://[::1]:9000/c", url: "http://[::1]:9000/c", name: "http://[::1]:9000/c"},
		{in: "http://tfs:8080/tfs/c", allowHTTP: true, url: "http://tfs:8080/tfs/c", name: "http://tfs:8080/tfs/c"},
	} {
		t.Run(test.in, func(t *testing.T) {
			t.Parallel()
			got, err := ParseOrganization(test.in, test.allowHTTP)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(Organization{URL: test.url, Name: test.name}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseOrganizationRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		in        string
		allowHTTP bool
		want      string
	}{
		{in: "", want: "empty"},
		{in: " / ", want: "empty"},
		{in: "my organization", want: "has a space"},
		{in: "https://tfs/Default Collection", want: "%20"},
		{in: "fabri\x00kam", want: "has a space"},
		{in: "fabrikam!", want: `"fabrikam!" is neither a name nor a URL`},
		{in: "tfs.fabrikam.example/c", want: "https://<server>/<collection>"},
		{in: strings.Repeat("x", 52), want: "52 characters"},
		{in: "https://dev.azure.com", want: "https://dev.azure.com/<organization>"},
		{in: "dev.azure.com/", want: "https://dev.azure.com/<organization>"},
		{in: "https://dev.azure.com/fabrikam/Fiber", want: "write https://dev.azure.com/fabrikam"},
		{in: "https://vsrm.dev.azure.com/fabrikam", want: "one Azure DevOps service"},
		{in: "https://fabrikam.visualstudio.com/Fiber", want: "write https://fabrikam.visualstudio.com"},
		{in: "https://fabrikam.vsrm.visualstudio.com", want: "not the host of an organization"},
		{in: "https://tfs/tfs/c/_apis/projects", want: "after the collection"},
		{in: "https://user:secretsecret@dev.azure.com/fabrikam", want: "user name or password"},
		{in: "https://user:se#retsecret@tfs/fabrikam", want: "not a valid URL"},
		{in: "https://tfs/c?token=secretsecret", want: "query"},
		{in: "https://tfs/c#secretsecret", want: "fragment"},
		{in: "ftp://tfs/c", want: "https://"},
		{in: "https:///c", want: "no host"},
		{in: "https://tfs:port/c", want: "not a valid URL"},
		{in: "http://tfs:8080/c", want: "in the clear to tfs"},
		{in: "http://127.0.0.1.fabrikam.example/c", want: "in the clear"},
		{in: "http://dev.azure.com/fabrikam", allowHTTP: true, want: "write https://dev.azure.com"},
		{in: "http://fabrikam.visualstudio.com", allowHTTP: true, want: "write https://fabrikam.visualstudio.com"},
	} {
		t.Run(test.in, func(t *testing.T) {
			t.Parallel()
			got, err := ParseOrganization(test.in, test.allowHTTP)
			if err == nil {
				t.Fatalf("got %+v, want an error", got)
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %q, want %q in it", err, test.want)
			}
			if strings.Contains(err.Error(), "secretsecret") || strings.Contains(err.Error(), strings.Repeat("x", 52)) {
				t.Errorf("the error repeats what may be a secret: %q", err)
			}
		})
	}
}

// An organization that was accepted is accepted again, unchanged: New parses what
// ParseOrganization returned.
func FuzzParseOrganization(f *testing.F) {
	for _, seed := range []string{"fabrikam", "https://dev.azure.com/fabrikam/", "http://[::1]:80/a%2fb", "https://fabrikam.visualstudio.com", "https://tfs/ä//b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		first, err := ParseOrganization(in, true)
		if err != nil {
			return
		}
		second, err := ParseOrganization(first.URL, true)
		if err != nil || second != first {
			t.Errorf("%q became %+v, then %+v, %v", in, first, second, err)
		}
	})
}

func TestBase(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		organization string
		host         Host
		want         string
	}{
		{"fabrikam", Core, "https://dev.azure.com/fabrikam"},
		{"fabrikam", Graph, "https://vssps.dev.azure.com/fabrikam"},
		{"fabrikam", Entitlements, "https://vsaex.dev.azure.com/fabrikam"},
		{"fabrikam", Release, "https://vsrm.dev.azure.com/fabrikam"},
		{"fabrikam", AdvancedSecurity, "https://advsec.dev.azure.com/fabrikam"},
		{"fabrikam.visualstudio.com", Core, "https://fabrikam.visualstudio.com"},
		{"fabrikam.visualstudio.com", Graph, "https://fabrikam.vssps.visualstudio.com"},
		{"fabrikam.visualstudio.com", Release, "https://fabrikam.vsrm.visualstudio.com"},
		{"fabrikam.visualstudio.com", AdvancedSecurity, "https://advsec.dev.azure.com/fabrikam"},
		{"https://tfs/tfs/c", Core, "https://tfs/tfs/c"},
		{"https://tfs/tfs/c", Release, "https://tfs/tfs/c"},
		{"http://127.0.0.1:80/c", Graph, "http://127.0.0.1/c"},
	} {
		o, err := ParseOrganization(test.organization, false)
		if err != nil {
			t.Fatal(err)
		}
		if got := o.base(test.host); got != test.want {
			t.Errorf("%s, %q: got %s, want %s", test.organization, test.host, got, test.want)
		}
	}
}
