package azuredevops

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

const (
	cloudHost    = "dev.azure.com"
	legacySuffix = ".visualstudio.com"
	maxName      = 50 // Microsoft Learn, "Naming restrictions and conventions"
	howToWrite   = "write the organization's name, or its URL: https://dev.azure.com/<organization>, " +
		"or https://<server>/<collection> for Azure DevOps Server"
)

// organizationName is what a name may look like: "letters, numbers and hyphens"
// (Microsoft Learn, "Naming restrictions and conventions"), and the underscore of
// organizations that are older than the rule.
var organizationName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)

// Organization is an Azure DevOps organization, or a collection of an Azure
// DevOps Server.
type Organization struct {
	// URL is the base of all requests, without a trailing slash:
	// "https://dev.azure.com/fabrikam".
	URL string
	// Name is "fabrikam" for https://dev.azure.com/fabrikam and for
	// https://fabrikam.visualstudio.com, and the whole URL for any other host, as
	// mappings written for Ocean expect of __organizationName.
	Name string
}

// ParseOrganization reads an organization's name, which is one at dev.azure.com,
// or URL. Plain http is refused for dev.azure.com and visualstudio.com, and for
// other hosts unless they are this machine or allowHTTP is true: credentials
// would be readable on the way. The errors say what is wrong and what to write;
// they never repeat a part of the input that may be a secret.
func ParseOrganization(nameOrURL string, allowHTTP bool) (Organization, error) {
	s := strings.TrimRight(strings.TrimSpace(nameOrURL), "/")
	switch {
	case s == "":
		return Organization{}, errors.New("the organization is empty: " + howToWrite)
	case strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }):
		return Organization{}, fmt.Errorf("the organization%s has a space in it: %s; a space in a URL is written %%20", shown(s), howToWrite)
	case strings.Contains(s, "://"):
		return parseURL(s, allowHTTP)
	case isCloudAddress(s):
		return parseURL("https://"+s, allowHTTP)
	default:
		return parseName(s)
	}
}

// shown is s in quotes, with a leading space; "" if s may hold a secret.
func shown(s string) string {
	if len(s) > 200 || strings.ContainsAny(s, "@?#") {
		return ""
	}
	return fmt.Sprintf(" %q", s)
}

// isCloudAddress reports whether s is a URL at dev.azure.com or visualstudio.com
// that only lacks its scheme.
func isCloudAddress(s string) bool {
	host, _, _ := strings.Cut(strings.ToLower(s), "/")
	return host == cloudHost || strings.HasSuffix(host, legacySuffix)
}

func parseName(s string) (Organization, error) {
	if len(s) > maxName {
		return Organization{}, fmt.Errorf("the organization has %d characters, and a name has at most %d (is it a token?): %s", len(s), maxName, howToWrite)
	}
	if !organizationName.MatchString(s) {
		return Organization{}, fmt.Errorf("the organization%s is neither a name nor a URL: %s", shown(s), howToWrite)
	}
	return Organization{URL: "https://" + cloudHost + "/" + s, Name: s}, nil
}

func parseURL(s string, allowHTTP bool) (Organization, error) {
	u, err := url.Parse(s)
	if err != nil { // the error repeats the URL, so it is not wrapped
		return Organization{}, fmt.Errorf("the organization%s is not a valid URL: %s", shown(s), howToWrite)
	}
	if err := checkURL(u, allowHTTP); err != nil {
		return Organization{}, err
	}
	host := withoutDefaultPort(u)
	path := strings.Trim(u.EscapedPath(), "/")
	switch {
	case host == cloudHost:
		return cloudOrganization(path)
	case strings.HasSuffix(host, "."+cloudHost):
		return Organization{}, fmt.Errorf("%s is the host of one Azure DevOps service: write https://%s/<organization>", host, cloudHost)
	case strings.HasSuffix(host, legacySuffix):
		return legacyOrganization(host, path)
	default:
		return serverOrganization(u.Scheme+"://"+host, path)
	}
}

// checkURL refuses what can be no organization at any host.
func checkURL(u *url.URL, allowHTTP bool) error {
	host := strings.ToLower(u.Hostname())
	switch {
	case u.User != nil:
		return errors.New("the organization's URL has a user name or password in it: remove it, and set the personal access token in its own setting")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return errors.New("the organization's URL has a query (?) or a fragment (#): remove it; " + howToWrite)
	case u.Scheme != "https" && u.Scheme != "http":
		return fmt.Errorf("the organization's URL begins with %q: write https://", u.Scheme+"://")
	case host == "":
		return errors.New("the organization's URL has no host: " + howToWrite)
	case u.Scheme == "http" && isCloudAddress(host):
		return fmt.Errorf("http:// would send credentials in the clear: write https://%s", host)
	case u.Scheme == "http" && !allowHTTP && !isLoopback(host):
		return fmt.Errorf("http:// would send credentials in the clear to %s: write https://", host)
	default:
		return nil
	}
}

func withoutDefaultPort(u *url.URL) string {
	host := strings.ToLower(u.Host)
	if u.Scheme == "https" {
		return strings.TrimSuffix(host, ":443")
	}
	return strings.TrimSuffix(host, ":80")
}

// isLoopback reports whether host (no port) is this machine.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

// cloudOrganization reads the path of a URL at dev.azure.com.
func cloudOrganization(path string) (Organization, error) {
	switch name, rest, _ := strings.Cut(path, "/"); {
	case name == "":
		return Organization{}, fmt.Errorf("https://%s names no organization: write https://%[1]s/<organization>", cloudHost)
	case rest != "":
		return Organization{}, fmt.Errorf("the organization's URL goes on after the organization: write https://%s/%s", cloudHost, name)
	default:
		return parseName(name)
	}
}

// legacyOrganization reads a URL at <organization>.visualstudio.com, where a
// path of DefaultCollection means the same as none.
func legacyOrganization(host, path string) (Organization, error) {
	name := strings.TrimSuffix(host, legacySuffix)
	if !organizationName.MatchString(name) {
		return Organization{}, fmt.Errorf("%s is not the host of an organization: write https://<organization>%s", host, legacySuffix)
	}
	if path != "" && !strings.EqualFold(path, "DefaultCollection") {
		return Organization{}, fmt.Errorf("the organization's URL goes on after the organization: write https://%s", host)
	}
	return Organization{URL: "https://" + host, Name: name}, nil
}

// serverOrganization reads the URL of a collection of an Azure DevOps Server, or
// of a test server, which may have no path.
func serverOrganization(base, path string) (Organization, error) {
	if strings.HasPrefix(path, "_") || strings.Contains(path, "/_") {
		return Organization{}, errors.New("the organization's URL goes on after the collection: " + howToWrite)
	}
	full := strings.TrimRight(base+"/"+path, "/")
	return Organization{URL: full, Name: full}, nil
}
