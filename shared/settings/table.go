package settings

// entry is a setting and how it is read.
type entry struct {
	Setting
	// read checks a value that is not empty and stores it.
	read func(*Settings, string) *Problem
}

// table holds every setting there is.
var table = []entry{
	{Setting{
		Name: "AZURE_DEVOPS_ORG_URL",
		Doc:  "URL of the organization, `https://dev.azure.com/fabrikam`, or of a collection of Azure DevOps Server. It wins over `AZURE_DEVOPS_ORG_ID`.",
	}, text(func(s *Settings) *string { return &s.AzureDevOpsOrgURL })},
	{Setting{
		Name: "AZURE_DEVOPS_ORG_ID",
		Doc:  "Name of the organization, `fabrikam`, if it is on dev.azure.com.",
	}, text(func(s *Settings) *string { return &s.AzureDevOpsOrgID })},
	{Setting{
		Name: "AZURE_DEVOPS_APP_PASSWORD", Secret: true,
		Doc: "Personal access token. Without it a managed identity or another Microsoft Entra credential is used.",
	}, secret(func(s *Settings) *Secret { return &s.AzureDevOpsToken })},
	{Setting{
		Name: "PORT_CLIENT_ID",
		Doc:  "Client ID of the Port credentials.",
	}, text(func(s *Settings) *string { return &s.PortClientID })},
	{Setting{
		Name: "PORT_CLIENT_SECRET", Secret: true,
		Doc: "Client secret of the Port credentials.",
	}, secret(func(s *Settings) *Secret { return &s.PortClientSecret })},
	{Setting{
		Name: "PORT_BASE_URL", Default: "https://api.port.io",
		Doc: "Port's API; `https://api.us.port.io` for the US. `/v1/…` is appended.",
	}, readPortBaseURL},
	{Setting{
		Name: "KEY_VAULT_URL",
		Doc:  "Key Vault in which secrets are looked up that are not set here, `https://fabrikam.vault.azure.net`. There, a name is in lower case with dashes: `port-client-secret`. `PORT_CLIENT_ID` is looked up too.",
	}, text(func(s *Settings) *string { return &s.KeyVaultURL })},
	{Setting{
		Name: "AZURE_CLIENT_ID",
		Doc:  "Client ID of the user-assigned managed identity that opens Key Vault and Azure DevOps. Without it, it is the system-assigned one.",
	}, text(func(s *Settings) *string { return &s.IdentityClientID })},
	{Setting{
		Name: "MAPPING_FILE",
		Doc:  "Path of the mapping. Without it the built-in one is used.",
	}, text(func(s *Settings) *string { return &s.MappingFile })},
	{Setting{
		Name: "SERVICE_HOOK_URL",
		Doc:  "Public URL of the function that takes service hooks, without a query: it is shown to people, so no key may be in it. Subscriptions are managed when it is set.",
	}, text(func(s *Settings) *string { return &s.ServiceHookURL })},
	{Setting{
		Name: "SERVICE_HOOK_USERNAME", Default: "adoport",
		Doc: "User name that service hooks send, without a colon.",
	}, readHookUsername},
	{Setting{
		Name: "SERVICE_HOOK_PASSWORD", Secret: true,
		Doc: "Password that service hooks send. Several, separated by commas, are accepted while one is replaced by another.",
	}, readHookPasswords},
	{Setting{
		Name: "BACKFILL_SCHEDULE", Default: "0 0 */6 * * *",
		Doc: "When backfills begin: an NCRONTAB expression, in UTC.",
	}, text(func(s *Settings) *string { return &s.BackfillSchedule })},
	{Setting{
		Name: "SUBSCRIPTIONS_SCHEDULE", Default: "0 */15 * * * *",
		Doc: "When service hooks are checked: an NCRONTAB expression, in UTC.",
	}, text(func(s *Settings) *string { return &s.SubscriptionsSchedule })},
	{Setting{
		Name: "PRUNE_MAX_PERCENT", Default: "20",
		Doc: "The largest share of a blueprint's entities that a run may delete, 0 to 100. Up to 10 may always be deleted; a run that would delete more than that and more than this share deletes none of them.",
	}, readPercent},
	{Setting{
		Name: "ADOPORT_INSTANCE", Default: "default",
		Doc: "Name of this instance in the `$datasource` of its entities: 1 to 64 letters, digits, `_`, `.` or `-`, the first one a letter or digit. Two instances never touch each other's entities, and one instance takes all its entities that it does not find for gone: give each organization that is brought into one Port account an instance of its own.",
	}, readInstance},
	{Setting{
		Name: "AzureWebJobsStorage", Secret: true,
		Doc: "Connection string of the storage account for queues and tables.",
	}, secret(func(s *Settings) *Secret { return &s.Storage.ConnectionString })},
	{Setting{
		Name: "AzureWebJobsStorage__accountName",
		Doc:  "Name of that storage account, when an identity is used in place of a connection string.",
	}, text(func(s *Settings) *string { return &s.Storage.AccountName })},
	{Setting{
		Name: "AzureWebJobsStorage__queueServiceUri",
		Doc:  "URL of its queues, if it does not follow from the name: in other clouds than the public one.",
	}, text(func(s *Settings) *string { return &s.Storage.QueueServiceURI })},
	{Setting{
		Name: "AzureWebJobsStorage__tableServiceUri",
		Doc:  "URL of its tables, likewise.",
	}, text(func(s *Settings) *string { return &s.Storage.TableServiceURI })},
	{Setting{
		Name: "AzureWebJobsStorage__credential",
		Doc:  "`managedidentity` for that identity.",
	}, text(func(s *Settings) *string { return &s.Storage.Credential })},
	{Setting{
		Name: "AzureWebJobsStorage__clientId",
		Doc:  "Client ID of that identity, if it is a user-assigned one.",
	}, text(func(s *Settings) *string { return &s.Storage.ClientID })},
	{Setting{
		Name: "ADOPORT_DATA", Default: "./.adoport",
		Doc: "Folder, on a local disk, in which `adoport run` keeps its queues and its ledger.",
	}, text(func(s *Settings) *string { return &s.Data })},
	{Setting{
		Name: "LOG_LEVEL", Default: "info",
		Doc: "The least level that is logged: `debug`, `info`, `warn` or `error`.",
	}, readLogLevel},
	{Setting{
		Name: "LOG_FORMAT",
		Doc:  "`json` or `text`. Without it, `text` on a terminal and `json` elsewhere.",
	}, readLogFormat},
	{Setting{
		Name: "ADOPORT_ALLOW_HTTP", Default: "false",
		Doc: "`true` permits `http://` URLs to other hosts than this one. Credentials then cross the network unencrypted.",
	}, readAllowHTTP},
}
