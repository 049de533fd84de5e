// Parameters of a deployment, from environment variables of the names that the
// settings of Adoport have. A secret that is not set leaves the vault as it is. The
// other parameters have defaults; infra/README.md lists them.

using 'main.bicep'

param azureDevOpsOrgUrl = readEnvironmentVariable('AZURE_DEVOPS_ORG_URL', '')
param azureDevOpsAppPassword = readEnvironmentVariable('AZURE_DEVOPS_APP_PASSWORD', '')

param portClientId = readEnvironmentVariable('PORT_CLIENT_ID', '')
param portClientSecret = readEnvironmentVariable('PORT_CLIENT_SECRET', '')
param portBaseUrl = readEnvironmentVariable('PORT_BASE_URL', 'https://api.port.io')

param serviceHookPassword = readEnvironmentVariable('SERVICE_HOOK_PASSWORD', '')

param instance = readEnvironmentVariable('ADOPORT_INSTANCE', 'default')
param alertEmail = readEnvironmentVariable('ALERT_EMAIL', '')
