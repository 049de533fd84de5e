package settings

import (
	"errors"
	"net"
	"net/url"
	"strings"
)

// checkURLs checks all URLs, once it is known whether http is permitted.
func (s Settings) checkURLs() error {
	var errs []error
	for _, u := range []struct {
		name, value string
		// loose leaves to the client of Azure DevOps what the URL means: only
		// what credentials are sent to is checked.
		loose bool
	}{
		{name: "AZURE_DEVOPS_ORG_URL", value: s.AzureDevOpsOrgURL, loose: true},
		{name: "AZURE_DEVOPS_ORG_ID", value: s.AzureDevOpsOrgID, loose: true},
		{name: "PORT_BASE_URL", value: s.PortBaseURL},
		{name: "KEY_VAULT_URL", value: s.KeyVaultURL},
		{name: "SERVICE_HOOK_URL", value: s.ServiceHookURL},
	} {
		if u.value == "" || u.loose && !strings.Contains(u.value, "://") {
			continue
		}
		errs = append(errs, named(u.name, checkURL(u.value, u.loose, s.AllowHTTP)))
	}
	return errors.Join(errs...)
}

// checkURL returns what is wrong with an absolute URL. The problem MUST NOT
// hold the URL: a password or a key may be in it.
func checkURL(value string, loose, allowHTTP bool) *Problem {
	u, err := url.Parse(value)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		return &Problem{What: "is not an absolute URL", Do: "give it as https://host or https://host/path"}
	case u.User != nil:
		return &Problem{What: "has a user name or password in it", Do: "remove the part before the @; credentials have settings of their own"}
	case !loose && (u.RawQuery != "" || u.ForceQuery || u.Fragment != ""):
		return &Problem{What: "has a query or fragment", Do: "remove all from the ? or # on"}
	case u.Scheme == "http" && !allowHTTP && !isLoopback(u.Hostname()):
		return &Problem{
			What: "is http, which would send credentials unencrypted to " + u.Hostname(),
			Do:   "use https, or set ADOPORT_ALLOW_HTTP=true if that network is trusted",
		}
	}
	return nil
}

// isLoopback says whether a host can only be this one.
func isLoopback(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
