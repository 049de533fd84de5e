package settings

import "errors"

// Need is something that a command cannot do without.
type Need int

const (
	// Organization is an Azure DevOps organization. Its token is never needed:
	// without it an Entra credential is used.
	Organization Need = iota
	// PortCredentials are a client ID and secret of Port.
	PortCredentials
	// HookPassword is a password of the service hooks.
	HookPassword
	// ServiceHooks are the URL and a password of the service hooks.
	ServiceHooks
	// AzureStorage is a storage account, by connection string or by name.
	AzureStorage
)

// Require returns nil if everything that is needed is set, or an error that
// joins one *Problem for each variable that is missing. Secrets are not missing
// if there is a Key Vault: they may be there.
func (s Settings) Require(needs ...Need) error {
	errs := make([]error, len(needs))
	for i, need := range needs {
		errs[i] = s.require(need)
	}
	return errors.Join(errs...)
}

func (s Settings) require(need Need) error {
	vault := s.KeyVaultURL != ""
	switch need {
	case Organization:
		return named("", missing(s.Organization() == "", "AZURE_DEVOPS_ORG_URL",
			"set it to https://dev.azure.com/ and your organization's name, or set AZURE_DEVOPS_ORG_ID to the name alone"))
	case PortCredentials:
		const do = "copy it from the credentials of your organization in Port"
		return named("",
			missing(s.PortClientID == "" && !vault, "PORT_CLIENT_ID", do),
			missing(s.PortClientSecret == "" && !vault, "PORT_CLIENT_SECRET", do))
	case HookPassword:
		return named("", missing(len(s.ServiceHookPasswords) == 0 && !vault, "SERVICE_HOOK_PASSWORD",
			"set it to a long random text, and give it to the service hooks"))
	case ServiceHooks:
		return errors.Join(named("", missing(s.ServiceHookURL == "", "SERVICE_HOOK_URL",
			"set it to the public URL that takes service hooks, https://host/api/servicehooks")), s.require(HookPassword))
	case AzureStorage:
		return named("", missing(!s.Storage.Known(), "AzureWebJobsStorage",
			"set it to the connection string of a storage account, or set AzureWebJobsStorage__accountName to its name"))
	default:
		panic("settings: unknown need")
	}
}

func missing(is bool, name, do string) *Problem {
	if !is {
		return nil
	}
	return &Problem{Name: name, What: "is not set", Do: do}
}
