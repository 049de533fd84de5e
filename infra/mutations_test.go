package infra

const (
	alertsFile    = "infra/modules/alerts.bicep"
	appFile       = "infra/modules/functionapp.bicep"
	logsFile      = "infra/modules/monitoring.bicep"
	paramFile     = "infra/main.bicepparam"
	readmeFile    = "infra/README.md"
	storageFile   = "infra/modules/storage.bicep"
	vaultFile     = "infra/modules/keyvault.bicep"
	azureYAML     = "azure.yaml"
	localSettings = "local.settings.sample.json"
)

// mutations are mistakes that the checks have to find.
var mutations = []mutation{
	{"syntax", mainFile, "param portClientId string", "param portClientId", []string{mainFile + ": is missing identifier"}},
	{"syntax", mainFile, "var token =", "vra token =", []string{mainFile + `: cannot be parsed at "12\n\nvra"`}},
	{"syntax", vaultFile, "enablePurgeProtection: true", "enablePurgeProtection true", []string{vaultFile + `: cannot be parsed at "enablePurgeProtection true"`}},
	{"syntax", paramFile, "param portClientId = ", "param portClientId ", []string{paramFile + ": is missing !"}},

	{"names", mainFile, "AZURE_DEVOPS_ORG_URL: azureDevOpsOrgUrl", "AZURE_DEVOPS_ORG_URL: azureDevOpsUrl", []string{mainFile + ": azureDevOpsUrl is not declared"}},
	{"names", appFile, "'status-${i}'", "'status-${index}'", []string{appFile + ": index is not declared"}},
	{"names", appFile, "'${identityId}': {}", "'${identity}': {}", []string{appFile + ": identity is not declared"}},
	{"names", storageFile, "for role in items(roles)", "for entry in items(roles)", []string{storageFile + ": role is not declared", storageFile + ": role is not declared"}},
	{"names", mainFile, "uniqueString(", "uniquestring(", []string{mainFile + ": uniquestring is not a function that these tests know"}},
	{"names", mainFile, "@maxValue(47)", "@maximum(47)", []string{mainFile + ": @maximum is not a decorator that these tests know"}},
	{"names", mainFile, "var token =", "var instance = ''\nvar token =", []string{mainFile + ": instance is declared twice"}},
	{"names", mainFile, "output hostName", "output hookUrl", []string{mainFile + ": hookUrl is declared twice"}},

	{"unused", mainFile, "LOG_LEVEL: logLevel", "LOG_LEVEL: 'info'", []string{mainFile + ": parameter logLevel is not used"}},
	{"unused", alertsFile, "query: hookQuery", "query: ''", []string{alertsFile + ": variable hookQuery is not used"}},
	{"unused", appFile, "insights.properties.ConnectionString", "''", []string{appFile + ": resource insights is not used"}},

	{"modules", mainFile, "'modules/alerts.bicep'", "'modules/alarms.bicep'", []string{mainFile + ": there is no module modules/alarms.bicep"}},
	{"modules", mainFile, "    backfillHours: backfillAlertHours\n", "", []string{mainFile + ": module alerts needs its parameter backfillHours"}},
	{"modules", mainFile, "    email: alertEmail\n", "    email: alertEmail\n    sms: alertEmail\n", []string{mainFile + ": module alerts has no parameter sms"}},
	{"modules", mainFile, "monitoring.outputs.workspaceId", "monitoring.outputs.workspace", []string{mainFile + ": module monitoring has no output workspace"}},

	{"roles", vaultFile, "4633458b-17de-408a-b874-0445c86b69e6", "b86a8fe4-44ce-4948-aee5-eccb2c155cd7", []string{vaultFile + ": 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7' is not a role that the app needs"}},
	{"roles", vaultFile, "  keyVaultSecretsUser:", "  keyVaultReader:", []string{vaultFile + ": 4633458b-17de-408a-b874-0445c86b69e6 is called keyVaultReader, not keyVaultSecretsUser"}},
	{"roles", vaultFile, "principalId: identityPrincipalId", "principalId: subscription().tenantId", []string{vaultFile + ": role assignment roleAssignments: properties.principalId is not identityPrincipalId"}},
	{"roles", vaultFile, "      principalType: 'ServicePrincipal'\n", "", []string{vaultFile + ": role assignment roleAssignments: properties.principalType is not 'ServicePrincipal'"}},
	{"roles", vaultFile, "guid(vault.id, identityPrincipalId, role.value)", "guid(vault.id, role.value)", []string{vaultFile + ": role assignment roleAssignments: name is not guid(vault.id, identityPrincipalId, role.value)"}},
	{"roles", vaultFile, "    scope: vault\n", "", []string{vaultFile + ": role assignment roleAssignments has no resource as its scope"}},
	{"roles", vaultFile, "items(roles)", "items({})", []string{vaultFile + ": role assignment roleAssignments is not for each of items(roles)"}},
	{"roles", mainFile, "    name: 'kv-${token}'\n    location: location\n    tags: allTags\n    identityPrincipalId: identity.outputs.principalId", "    identityPrincipalId: subscription().tenantId", []string{mainFile + ": the roles of module keyVault are assigned to subscription().tenantId, not to identity.outputs.principalId"}},

	{"granted", storageFile, "  storageQueueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'\n", "", []string{"infra: nobody gets storageQueueDataContributor on Microsoft.Storage/storageAccounts"}},
	{"granted", logsFile, "scope: insights", "scope: workspace", []string{
		logsFile + ": monitoringMetricsPublisher is not for Microsoft.OperationalInsights/workspaces",
		"infra: nobody gets monitoringMetricsPublisher on Microsoft.Insights/components",
	}},

	{"versions", vaultFile, "Microsoft.KeyVault/vaults@2023-07-01", "Microsoft.KeyVault/vaults@2032-07-01", []string{vaultFile + ": Microsoft.KeyVault/vaults@2032-07-01 is not a type and version that these tests know"}},
	{"versions", appFile, "Microsoft.Web/serverfarms@", "Microsoft.Web/serverFarm@", []string{appFile + ": Microsoft.Web/serverFarm@2024-04-01 is not a type and version that these tests know"}},

	{"flex", appFile, "    AZURE_CLIENT_ID: identityClientId\n", "    FUNCTIONS_WORKER_RUNTIME: 'custom'\n", []string{appFile + ": Flex Consumption has no app setting FUNCTIONS_WORKER_RUNTIME"}},
	{"flex", appFile, "      minTlsVersion: '1.2'\n", "      ftpsState: 'Disabled'\n", []string{appFile + ": Flex Consumption has no property ftpsState"}},
	{"flex", appFile, "    httpsOnly: true\n", "    containerSize: 1536\n", []string{appFile + ": Flex Consumption has no property containerSize"}},
	{"flex", appFile, "name: 'FC1'", "name: 'Y1'", []string{appFile + ": sku.name of plan is not FC1"}},
	{"flex", appFile, "name: 'custom'", "name: 'go'", []string{appFile + ": properties.functionAppConfig.runtime.name of app is not custom"}},
	{"flex", appFile, "        version: '1.0'\n", "", []string{appFile + ": properties.functionAppConfig.runtime.version of app is not 1.0"}},
	{"flex", appFile, "'functionapp,linux'", "'functionapp'", []string{appFile + ": kind of app is not functionapp,linux"}},

	{"secrets", mainFile, "param portClientSecret string = ''", "param portClientSecret string = 'hunter2'", []string{mainFile + ": secret portClientSecret has a default"}},
	{"secrets", mainFile, "param portClientSecret string = ''", "param portClientSecret string = portClientId", []string{mainFile + ": secret portClientSecret has a default"}},
	{"secrets", vaultFile, "@secure()\nparam portClientSecret", "param portClientSecret", []string{
		mainFile + ": secret portClientSecret is used where it can be read",
		vaultFile + ": portClientSecret has the name of a secret, but is not @secure()",
	}},
	{"secrets", mainFile, "PORT_CLIENT_ID: portClientId", "PORT_CLIENT_SECRET: portClientSecret", []string{mainFile + ": secret portClientSecret is used where it can be read"}},
	{"secrets", mainFile, "name: 'kv-${token}'", "name: portClientSecret", []string{mainFile + ": secret portClientSecret is used where it can be read"}},
	{"secrets", mainFile, "string = keyVault.outputs.url", "string = portClientSecret", []string{mainFile + ": secret portClientSecret is used where it can be read"}},
	{"secrets", vaultFile, "string = vault.name", "string = '${portClientSecret}'", []string{vaultFile + ": secret portClientSecret is used where it can be read"}},
	{"secrets", vaultFile, "name: 'port-client-secret'", "name: toLower(portClientSecret)", []string{vaultFile + ": secret portClientSecret is used where it can be read"}},
	{"secrets", logsFile, "= insights.name", "= insights.properties.ConnectionString", []string{logsFile + ": output insightsName shows a secret"}},
	{"secrets", storageFile, "= account.name", "= account.listKeys().keys[0].value", []string{storageFile + ": account.listKeys reads a key"}},
	{"secrets", storageFile, "= account.name", "= listKeys(account.id, '2024-01-01').keys[0].value", []string{storageFile + ": listKeys reads a key"}},

	{"settings", mainFile, "      LOG_LEVEL: logLevel\n", "", []string{"infra: no template sets LOG_LEVEL"}},
	{"settings", appFile, "    AZURE_CLIENT_ID: identityClientId\n", "", []string{"infra: no template sets AZURE_CLIENT_ID"}},
	{"settings", mainFile, "LOG_LEVEL: logLevel", "LOG_LEVEL: logLevel\n      LOG_COLOR: logLevel", []string{mainFile + ": nobody reads the setting LOG_COLOR"}},
	{"settings", mainFile, "LOG_LEVEL: logLevel", "LOG_LEVEL: logLevel\n      LOG_FORMAT: 'text'", []string{mainFile + ": LOG_FORMAT is not for Azure: without a terminal it is JSON"}},
	{"settings", mainFile, "LOG_LEVEL: logLevel", "LOG_LEVEL: logLevel\n      PORT_CLIENT_SECRET: 'x'", []string{mainFile + ": secret PORT_CLIENT_SECRET is readable as an app setting"}},
	{"settings", vaultFile, "name: 'port-client-secret'", "name: 'port-secret'", []string{"infra: no template writes port-client-secret into the vault"}},
	{"settings", mainFile, "logLevel string = 'info'", "logLevel string = 'warn'", []string{mainFile + `: logLevel has the default "warn"; that of LOG_LEVEL is "info"`}},
	{"settings", mainFile, "pruneMaxPercent int = 20", "pruneMaxPercent int = 30", []string{mainFile + `: pruneMaxPercent has the default "30"; that of PRUNE_MAX_PERCENT is "20"`}},

	{"functions", mainFile, "      BACKFILL_SCHEDULE: backfillSchedule\n", "", []string{"functions/backfill/function.json: no template sets BACKFILL_SCHEDULE"}},
	{"functions", "functions/subscriptions/function.json", "%SUBSCRIPTIONS_SCHEDULE%", "%HOOKS_SCHEDULE%", []string{"functions/subscriptions/function.json: no template sets HOOKS_SCHEDULE"}},
	{"functions", "functions/walk/function.json", `"adoport-backfill"`, `"adoport-walk"`, []string{
		`infra: the queues are ["adoport-backfill" "adoport-backfill-poison" "adoport-live" "adoport-live-poison"], those of the functions ["adoport-live" "adoport-live-poison" "adoport-walk" "adoport-walk-poison"]`,
	}},
	{"functions", storageFile, "  'adoport-live-poison'\n", "", []string{
		`infra: the queues are ["adoport-backfill" "adoport-backfill-poison" "adoport-live"], those of the functions ["adoport-backfill" "adoport-backfill-poison" "adoport-live" "adoport-live-poison"]`,
	}},
	{"functions", "functions/servicehooks/function.json", `"route": "servicehooks"`, `"route": "hooks"`, []string{appFile + ": SERVICE_HOOK_URL does not end with /api/hooks"}},
	{"functions", "host.json", `"routePrefix": "api"`, `"routePrefix": "v1"`, []string{appFile + ": SERVICE_HOOK_URL does not end with /v1/servicehooks"}},

	{"descriptions", mainFile, "@description('Tags of all resources.')\n", "", []string{mainFile + ": parameter tags has no description"}},
	{"descriptions", mainFile, "@description('URL that service hooks are sent to.')\n", "", []string{mainFile + ": output hookUrl has no description"}},
	{"descriptions", vaultFile, "@description('Tags.')", "@description('')", []string{vaultFile + ": parameter tags has no description"}},

	{"parameters", paramFile, "param alertEmail", "param alertMail", []string{paramFile + ": there is no parameter alertMail"}},
	{"parameters", paramFile, "readEnvironmentVariable('PORT_CLIENT_SECRET', '')", "'hunter2'", []string{paramFile + ": secret portClientSecret is not readEnvironmentVariable('…', '')"}},
	{"parameters", paramFile, "readEnvironmentVariable('PORT_CLIENT_SECRET', '')", "readEnvironmentVariable('PORT_CLIENT_SECRET', 'hunter2')", []string{paramFile + ": secret portClientSecret is not readEnvironmentVariable('…', '')"}},
	{"parameters", paramFile, "param portClientId = readEnvironmentVariable('PORT_CLIENT_ID', '')\n", "", []string{paramFile + ": parameter portClientId is missing"}},

	{"hosts", appFile, "${storageAccount.properties.primaryEndpoints.blob}", "https://${storageAccountName}.blob.core.windows.net/", []string{appFile + ": core.windows.net is only in one cloud"}},

	{"readme", readmeFile, "| `logLevel` |", "| `loglevel` |", []string{readmeFile + ": there is no parameter loglevel", readmeFile + ": parameter logLevel is missing"}},

	{"azd", azureYAML, "  path: infra\n", "  path: bicep\n", []string{azureYAML + ": bicep/main.bicep is not " + mainFile}},
	{"azd", azureYAML, "  api:\n", "  app:\n", []string{azureYAML + `: the services are ["app"], the tags azd-service-name ["api"]`}},
	{"azd", azureYAML, "language: custom", "language: go", []string{azureYAML + ": service api is not a function of language custom with a dist"}},

	{"local", localSettings, `"LOG_LEVEL"`, `"LOG_LEVELS"`, []string{localSettings + ": nobody reads LOG_LEVELS"}},
	{"local", localSettings, `"PORT_CLIENT_SECRET": ""`, `"PORT_CLIENT_SECRET": "hunter2"`, []string{localSettings + ": PORT_CLIENT_SECRET is a secret"}},
	{"local", localSettings, "    \"BACKFILL_SCHEDULE\": \"0 0 */6 * * *\",\n", "", []string{localSettings + ": BACKFILL_SCHEDULE is missing"}},

	{"alerts", alertsFile, `Message has "backfill ended"`, `Message has "backfill is over"`, []string{alertsFile + `: nobody logs "backfill is over"`}},
	{"alerts", alertsFile, "windowSize: 'P2D'", "windowSize: 'PT12H'", []string{alertsFile + `: alert noBackfill looks every "PT1H" at "PT12H", which is not possible`}},
	{"alerts", alertsFile, "evaluationFrequency: 'PT5M'", "evaluationFrequency: 'PT1H'", []string{alertsFile + ": alert hookFailures looks every PT1H at PT15M only"}},
}
