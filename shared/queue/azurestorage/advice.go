package azurestorage

import (
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azqueue/v2/queueerror"
)

// keysForbidden is not among the SDK's codes (Microsoft Learn, "Prevent Shared Key
// authorization for an Azure Storage account").
const keysForbidden queueerror.Code = "KeyBasedAuthenticationNotPermitted"

// What a person should do, by what went wrong.
const (
	adviceName    = "Check the name of the storage account in the setting AzureWebJobsStorage (AzureWebJobsStorage__accountName); if the account has a private endpoint, check that its DNS zone is linked to this network."
	adviceToken   = "Check that this app has a managed identity, and that AzureWebJobsStorage__clientId is that of the identity if it is a user-assigned one."
	adviceNoKeys  = "The storage account does not allow access keys: set AzureWebJobsStorage__accountName in place of AzureWebJobsStorage, and give the app's identity the role Storage Queue Data Contributor."
	adviceNetwork = "The storage account may not let in this network: look at its Networking settings. If they are right, give the app's identity the role Storage Queue Data Contributor on the storage account."
	adviceKey     = "Copy the connection string again from the storage account's access keys to the setting AzureWebJobsStorage; if it is the same, check this computer's clock."
	adviceRole    = "Give the app's identity the role Storage Queue Data Contributor on the storage account, which must be one of the identity's tenant. A new role may take 10 minutes to be known everywhere."
)

// advice is for an answer 401 or 403.
func advice(code queueerror.Code, keyed bool) string {
	switch {
	case code == keysForbidden:
		return adviceNoKeys
	case code == queueerror.AuthorizationFailure:
		return adviceNetwork
	case keyed:
		return adviceKey
	default:
		return adviceRole
	}
}

// squeeze makes one short line of the text of a credential's error, which may be
// a page with rulers, the body of an answer, and URLs. Queries are cut off.
func squeeze(text string) string {
	const most = 600
	words := strings.Fields(text)
	kept := words[:0]
	for _, word := range words {
		if strings.Contains(word, "://") {
			word, _, _ = strings.Cut(word, "?")
		}
		if strings.Trim(word, "-") != "" {
			kept = append(kept, word)
		}
	}
	return cut(strings.Join(kept, " "), most)
}

// cut returns not more than most bytes of a text, and whole characters.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
