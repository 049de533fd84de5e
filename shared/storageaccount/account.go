// Package storageaccount says where an Azure Storage account is and how to open
// it, for the drivers that keep queues and tables there.
package storageaccount

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
)

// Account is a storage account. It has a connection string, or endpoints and a
// credential.
type Account struct {
	// ConnectionString is a secret, "" if there is a credential.
	ConnectionString string
	// Queues and Tables are the endpoints, https://name.queue.core.windows.net
	// and https://name.table.core.windows.net in the public cloud.
	Queues, Tables string
	Credential     azcore.TokenCredential
}

// development is the connection string of the emulator on this computer (Learn,
// "Use the Azurite emulator for local Azure Storage development").
const development = "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;" +
	"AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;" +
	"BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;QueueEndpoint=http://127.0.0.1:10001/devstoreaccount1;" +
	"TableEndpoint=http://127.0.0.1:10002/devstoreaccount1;"

// names are the parts of a connection string, as clients spell them: some of them
// know no other case.
var names = []string{
	"DefaultEndpointsProtocol", "AccountName", "AccountKey", "EndpointSuffix",
	"BlobEndpoint", "QueueEndpoint", "TableEndpoint", "FileEndpoint",
}

// FromConnectionString returns the account of a connection string;
// UseDevelopmentStorage=true is the emulator. The error does not repeat the
// string.
func FromConnectionString(s string) (Account, error) {
	parts := map[string]string{}
	for part := range strings.SplitSeq(s, ";") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		name, value, ok := strings.Cut(part, "=")
		if !ok {
			return Account{}, errors.New("the connection string has a part without =; copy it again from the storage account's access keys")
		}
		parts[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(value)
	}
	switch {
	case strings.EqualFold(parts["usedevelopmentstorage"], "true"):
		return Account{ConnectionString: development}, nil
	case parts["sharedaccesssignature"] != "":
		return Account{}, errors.New("the connection string has a shared access signature, which ends some day; use one with an account key, or better an identity: AzureWebJobsStorage__accountName")
	case parts["accountname"] == "" || parts["accountkey"] == "":
		return Account{}, errors.New("the connection string lacks AccountName or AccountKey; copy it again from the storage account's access keys, or use an identity: AzureWebJobsStorage__accountName")
	}
	var clean strings.Builder
	for _, name := range names {
		if value := parts[strings.ToLower(name)]; value != "" {
			clean.WriteString(name + "=" + value + ";")
		}
	}
	return Account{ConnectionString: clean.String()}, nil
}

// accountName is what Azure allows (Learn, "Storage account overview").
var accountName = regexp.MustCompile(`^[a-z0-9]{3,24}$`)

// FromIdentity returns an account of the public cloud that is opened with a
// credential. queues and tables replace the endpoints, for other clouds and
// private names; "" keeps them.
func FromIdentity(name, queues, tables string, credential azcore.TokenCredential) (Account, error) {
	if name != "" && !accountName.MatchString(name) {
		return Account{}, fmt.Errorf("%q is no name of a storage account: 3 to 24 lower case letters and digits", name)
	}
	a := Account{Credential: credential}
	var errs [2]error
	a.Queues, errs[0] = endpoint(name, "queue", queues)
	a.Tables, errs[1] = endpoint(name, "table", tables)
	return a, errors.Join(errs[:]...)
}

// endpoint returns the URL of one of the services. Tokens are sent there, so it
// MUST be https.
func endpoint(name, service, given string) (string, error) {
	if given == "" {
		if name == "" {
			return "", fmt.Errorf("neither the account's name nor the URL of its %s service is known", service)
		}
		return "https://" + name + "." + service + ".core.windows.net", nil
	}
	u, err := url.Parse(given)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.User != nil {
		return "", fmt.Errorf("the URL of the %s service is not a plain https URL, like https://name.%s.core.windows.net", service, service)
	}
	return strings.TrimRight(given, "/"), nil
}
