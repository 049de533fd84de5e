package azuredevops

import "strings"

// Host is the service of Azure DevOps that a request is for. In the cloud each
// has a host of its own; an Azure DevOps Server has one for all.
type Host string

const (
	// Core has projects, code, builds, work items.
	Core Host = ""
	// Graph has users, groups and their memberships.
	Graph Host = "vssps"
	// Entitlements has users with their access levels.
	Entitlements Host = "vsaex"
	// Release has classic releases.
	Release Host = "vsrm"
	// AdvancedSecurity has the alerts of GitHub Advanced Security.
	AdvancedSecurity Host = "advsec"
)

// base is the URL that the paths of a service begin with. The legacy form of the
// siblings is https://fabrikam.vsrm.visualstudio.com; Advanced Security is
// younger than it and has the dev.azure.com form only.
func (o Organization) base(h Host) string {
	cloud, legacy := o.forms()
	switch {
	case h == Core || !cloud && !legacy:
		return o.URL
	case cloud || h == AdvancedSecurity:
		return "https://" + string(h) + "." + cloudHost + "/" + o.Name
	default:
		return "https://" + o.Name + "." + string(h) + legacySuffix
	}
}

// forms says which of the two forms of cloud URLs this one has.
func (o Organization) forms() (cloud, legacy bool) {
	host, _, _ := strings.Cut(strings.TrimPrefix(o.URL, "https://"), "/")
	return host == cloudHost, strings.HasSuffix(host, legacySuffix)
}
