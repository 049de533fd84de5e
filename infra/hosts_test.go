package infra

import "strings"

// hosts are parts of URLs that are different in other clouds than the public one;
// the Bicep linter warns of them (no-hardcoded-env-urls).
var hosts = []string{
	"api.loganalytics.io", "azuredatalakeanalytics.net", "azuredatalakestore.net", "azurewebsites.net", "core.windows.net",
	"database.windows.net", "datalake.azure.net", "gallery.azure.com", "graph.windows.net", "login.microsoftonline.com",
	"management.azure.com", "trafficmanager.net", "vault.azure.net",
}

// checkHosts finds text that is right in one cloud only.
func checkHosts(t *template) []problem {
	var list []problem
	for _, f := range t.sorted() {
		for n := range f.root.all("string") {
			for _, host := range hosts {
				if strings.Contains(strings.ToLower(n.text), host) {
					list = append(list, f.problem(n, "%s is only in one cloud", host))
				}
			}
		}
	}
	return list
}
