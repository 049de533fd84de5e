package keyvault

import (
	"net/url"
	"strings"

	"adoport/shared/settings"
)

// checkURL returns the host, and the port if there is one, of a vault's URL. The
// problem MUST NOT hold the URL: who pastes the wrong thing may paste a secret.
func checkURL(vaultURL string) (host string, _ error) {
	const form = "https://name.vault.azure.net"
	problem := func(what, do string) error {
		return &settings.Problem{Name: "KEY_VAULT_URL", What: what, Do: do}
	}
	u, err := url.Parse(vaultURL)
	switch {
	case err != nil || u.Hostname() == "" || u.Opaque != "":
		return "", problem("is not a URL", "give it as "+form)
	case u.Scheme != "https":
		return "", problem("is not https", "give it as "+form)
	case u.User != nil:
		return "", problem("has a user name in it", "remove the part before the @")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "", problem("has a query or fragment", "remove all from the ? or # on")
	case strings.Trim(u.Path, "/") != "":
		return "", problem("has a path", "give the URL of the vault alone, "+form+"; the names of secrets are known")
	case !strings.Contains(u.Hostname(), "."):
		return "", problem("has no domain", "give it as "+form)
	}
	return u.Host, nil
}
