package keyvault

import (
	"net/http"
	"strconv"
)

// What the managed identity endpoint of App Service goes by. The header MUST be
// there so that a request that someone else made this process send gets nothing.
const (
	identityPath    = "/msi/token"
	identityHeader  = "X-IDENTITY-HEADER"
	identityVersion = "2019-08-01"
)

// The resources, besides the vault itself, that tokens are given out for.
const (
	// StorageResource is Azure Storage (Microsoft Learn, "Authorize access to
	// blobs using Microsoft Entra ID").
	StorageResource = "https://storage.azure.com"
	// AzureDevOpsResource is the application ID of Azure DevOps.
	AzureDevOpsResource = "499b84ac-1321-427f-aa17-267ca6975798"
)

func (s *Server) serveIdentity(w http.ResponseWriter, r *http.Request) {
	resource := r.URL.Query().Get("resource")
	if refused := s.identify(r, resource); refused != nil {
		refused.identity(w, r)
		return
	}
	reply(w, http.StatusOK, map[string]any{
		"access_token": s.Token(resource), "client_id": s.o.ClientID,
		"expires_on": strconv.FormatInt(s.started.Add(tokenLifetime).Unix(), 10), "not_before": strconv.FormatInt(s.started.Unix(), 10),
		"resource": resource, "token_type": "Bearer",
	})
}

// identify refuses a request, or counts its token. The app has a user-assigned
// identity only, so the client ID MUST be named.
func (s *Server) identify(r *http.Request, resource string) *refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	query := r.URL.Query()
	switch {
	case s.identityRefusal != nil:
		return s.identityRefusal
	case r.Method != http.MethodGet || r.URL.Path != identityPath:
		return &refusal{status: http.StatusNotFound, message: "There is no such operation."}
	case r.Header.Get(identityHeader) != s.header:
		return &refusal{status: http.StatusUnauthorized, message: "The header " + identityHeader + " is missing or wrong."}
	case query.Get("api-version") != identityVersion:
		return &refusal{status: http.StatusBadRequest, message: "The api-version is not known."}
	case query.Get("client_id") != s.o.ClientID:
		return &refusal{status: http.StatusBadRequest, message: "No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId."}
	case resource != s.Resource() && resource != StorageResource && resource != AzureDevOpsResource:
		return &refusal{status: http.StatusBadRequest, message: "AADSTS500011: The resource principal was not found in the tenant."}
	}
	s.tokens[resource]++
	return nil
}
