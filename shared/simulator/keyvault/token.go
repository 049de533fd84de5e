package keyvault

import (
	"encoding/base64"
	"encoding/json"
	"time"
)

// tokenLifetime is about that of a managed identity's token (Microsoft Learn,
// "Managed identity best practice recommendations").
const tokenLifetime = 24 * time.Hour

// claims are those of an Entra access token, version 1.0 (Microsoft Learn,
// "Access tokens in the Microsoft identity platform").
type claims struct {
	Audience  string `json:"aud"`
	Issuer    string `json:"iss"`
	IssuedAt  int64  `json:"iat"`
	NotBefore int64  `json:"nbf"`
	Expires   int64  `json:"exp"`
	AppID     string `json:"appid"`
	ObjectID  string `json:"oid"`
	TenantID  string `json:"tid"`
	Version   string `json:"ver"`
}

// Token returns the token that the identity endpoint gives out for a resource: a
// JWT with no valid signature. It stays the same, so that other simulators can be
// told to accept it.
func (s *Server) Token(resource string) string {
	body, err := json.Marshal(claims{
		Audience: resource, Issuer: "https://sts.windows.net/" + tenant + "/",
		IssuedAt: s.started.Unix(), NotBefore: s.started.Unix(), Expires: s.started.Add(tokenLifetime).Unix(),
		AppID: s.o.ClientID, ObjectID: s.o.ClientID, TenantID: tenant, Version: "1.0",
	})
	if err != nil {
		panic("keyvault: a token cannot be encoded: " + err.Error())
	}
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"typ":"JWT","alg":"RS256"}`)) + "." + encode(body) + "." + encode([]byte("simulated"))
}

// Accepts says whether a token is the one that is given out for a resource. Other
// simulators check with it what comes after "Bearer ".
func (s *Server) Accepts(token, resource string) bool { return token == s.Token(resource) }
