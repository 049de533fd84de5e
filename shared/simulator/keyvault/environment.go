package keyvault

import (
	"encoding/pem"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// URL is the vault's, as KEY_VAULT_URL has it.
func (s *Server) URL() string { return s.vault.URL }

// Resource is what tokens for the vault are for; https://vault.azure.net for a
// real one.
func (s *Server) Resource() string {
	return "https://" + strings.TrimPrefix(s.vault.URL, "https://127.")
}

// ClientID is that of the identity, as AZURE_CLIENT_ID has it.
func (s *Server) ClientID() string { return s.o.ClientID }

// Client returns a client that trusts the vault's certificate, for tests in this
// process: a process reads SSL_CERT_FILE but once.
func (s *Server) Client() *http.Client { return s.vault.Client() }

// Identity returns the variables by which the vendor's client finds the identity
// endpoint, the same that Azure Functions sets.
func (s *Server) Identity() map[string]string {
	return map[string]string{
		"IDENTITY_ENDPOINT": s.identity.URL + identityPath,
		"IDENTITY_HEADER":   s.header,
	}
}

// Environment returns all variables, each as NAME=value, that a child process
// needs to use the vault and the identity as it would in Azure. It writes the
// certificate to folder/keyvault.pem; with it the child trusts no other, real
// ones included.
func (s *Server) Environment(folder string) ([]string, error) {
	file := filepath.Join(folder, "keyvault.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.vault.Certificate().Raw})
	if err := os.WriteFile(file, certificate, 0o600); err != nil {
		return nil, fmt.Errorf("writing the certificate of the simulated Key Vault: %w", err)
	}
	variables := []string{"SSL_CERT_FILE=" + file, "KEY_VAULT_URL=" + s.URL(), "AZURE_CLIENT_ID=" + s.o.ClientID}
	for name, value := range s.Identity() {
		variables = append(variables, name+"="+value)
	}
	return variables, nil
}
