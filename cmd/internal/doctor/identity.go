package doctor

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"
	"sync"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// Witness is a credential that remembers who its last token says that we are. It
// is safe for concurrent use.
type Witness struct {
	credential azcore.TokenCredential
	mu         sync.Mutex
	who        string
}

// NewWitness returns a credential that passes on the tokens of another one.
func NewWitness(credential azcore.TokenCredential) *Witness { return &Witness{credential: credential} }

// GetToken returns the other credential's token.
func (w *Witness) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, err := w.credential.GetToken(ctx, o)
	if err == nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.who = bearer(token.Token)
	}
	return token, err
}

// as is " as <who>", "" if nobody knows.
func (w *Witness) as() string {
	if w == nil {
		return ""
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.who == "" {
		return ""
	}
	return " as " + w.who
}

// bearer names whom a token was given to: the user, or the client ID of an app
// (Microsoft Learn, "Access token claims reference"). "" is a token of another
// form: nobody promises that it can be read.
func bearer(token string) string {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return ""
	}
	body, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return ""
	}
	var claims struct {
		UPN        string `json:"upn"`
		UniqueName string `json:"unique_name"`
		Preferred  string `json:"preferred_username"`
		AppID      string `json:"appid"`
		AZP        string `json:"azp"`
	}
	if json.Unmarshal(body, &claims) != nil {
		return ""
	}
	for _, user := range []string{claims.UPN, claims.UniqueName, claims.Preferred} {
		if user != "" {
			return user
		}
	}
	for _, app := range []string{claims.AppID, claims.AZP} {
		if app != "" {
			return "the app with client ID " + app
		}
	}
	return ""
}
