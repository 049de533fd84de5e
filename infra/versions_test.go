package infra

// versions has the API version of each type of resource: of one that is not here
// nobody has looked up the properties.
var versions = map[string]string{
	"Microsoft.Authorization/roleAssignments":                   "2022-04-01",
	"Microsoft.Insights/actionGroups":                           "2023-01-01",
	"Microsoft.Insights/components":                             "2020-02-02",
	"Microsoft.Insights/scheduledQueryRules":                    "2022-06-15",
	"Microsoft.KeyVault/vaults":                                 "2023-07-01",
	"Microsoft.KeyVault/vaults/secrets":                         "2023-07-01",
	"Microsoft.ManagedIdentity/userAssignedIdentities":          "2023-01-31",
	"Microsoft.OperationalInsights/workspaces":                  "2025-02-01",
	"Microsoft.Storage/storageAccounts":                         "2024-01-01",
	"Microsoft.Storage/storageAccounts/blobServices":            "2024-01-01",
	"Microsoft.Storage/storageAccounts/blobServices/containers": "2024-01-01",
	"Microsoft.Storage/storageAccounts/queueServices":           "2024-01-01",
	"Microsoft.Storage/storageAccounts/queueServices/queues":    "2024-01-01",
	"Microsoft.Storage/storageAccounts/tableServices":           "2024-01-01",
	"Microsoft.Storage/storageAccounts/tableServices/tables":    "2024-01-01",
	"Microsoft.Web/serverfarms":                                 "2024-04-01",
	"Microsoft.Web/sites":                                       "2024-04-01",
	"Microsoft.Web/sites/basicPublishingCredentialsPolicies":    "2024-04-01",
	"Microsoft.Web/sites/config":                                "2024-04-01",
}

// checkVersions finds resources, also those inside of others, of a type or version
// that is not in the list.
func checkVersions(t *template) []problem {
	var list []problem
	for _, f := range t.sorted() {
		for n := range f.root.all("resource_declaration") {
			d := declare("resource", n, nil)
			if d.resourceType()+"@"+versions[d.resourceType()] != d.of {
				list = append(list, f.problem(n, "%s is not a type and version that these tests know", d.of))
			}
		}
	}
	return list
}
