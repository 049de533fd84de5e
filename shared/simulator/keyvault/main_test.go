package keyvault_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"
	"go.uber.org/goleak"

	"adoport/shared/simulator/keyvault"
)

// childOf is set for a child: the name of the secret that it prints.
const childOf = "KEYVAULT_TEST_CHILD"

func TestMain(m *testing.M) {
	if name := os.Getenv(childOf); name != "" {
		os.Exit(child(name))
	}
	goleak.VerifyTestMain(m)
}

// child does what a program in Azure does: the vendor's clients, and nothing set
// that is not in the environment.
func child(name string) int {
	err := func() error {
		credential, err := azidentity.NewManagedIdentityCredential(&azidentity.ManagedIdentityCredentialOptions{
			ID: azidentity.ClientID(os.Getenv("AZURE_CLIENT_ID")),
		})
		if err != nil {
			return err
		}
		client, err := azsecrets.NewClient(os.Getenv("KEY_VAULT_URL"), credential, nil)
		if err != nil {
			return err
		}
		got, err := client.GetSecret(context.Background(), name, "", nil)
		if err != nil {
			return err
		}
		fmt.Print(*got.Value)
		for _, resource := range []string{keyvault.StorageResource, keyvault.AzureDevOpsResource} {
			token, err := credential.GetToken(context.Background(), policy.TokenRequestOptions{Scopes: []string{resource + "/.default"}})
			if err != nil {
				return err
			}
			fmt.Print(" ", token.Token)
		}
		return nil
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func start(t *testing.T) *keyvault.Server {
	t.Helper()
	s, err := keyvault.Start(keyvault.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// call sends a request and returns the status, the body, and a challenge if there
// was one.
func call(t *testing.T, s *keyvault.Server, url string, header map[string]string) (status int, body, challenge string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range header {
		request.Header.Set(name, value)
	}
	response, err := s.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	all, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(all), response.Header.Get("WWW-Authenticate")
}
