package doctor

import (
	"context"
	"encoding/base64"
	"errors"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// tokens gives out one token, or an error.
type tokens struct {
	token string
	err   error
}

func (c tokens) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: c.token}, c.err
}

func TestWitness(t *testing.T) {
	t.Parallel()
	jwt := func(claims string) string {
		return "e30." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2ln"
	}
	for token, want := range map[string]string{
		jwt(`{"upn": "ada@fabrikam.example", "appid": "az"}`): " as ada@fabrikam.example",
		jwt(`{"unique_name": "ada"}`):                         " as ada",
		jwt(`{"preferred_username": "ada"}`):                  " as ada",
		jwt(`{"appid": "11", "oid": "22"}`):                   " as the app with client ID 11",
		jwt(`{"azp": "11"}`):                                  " as the app with client ID 11",
		jwt(`{}`):                                             "",
		jwt(`[]`):                                             "",
		"e30.!.c2ln":                                          "",
		"opaque":                                              "",
	} {
		w := NewWitness(tokens{token: token})
		if got := w.as(); got != "" {
			t.Errorf("before a token: %q", got)
		}
		answer, err := w.GetToken(t.Context(), policy.TokenRequestOptions{})
		if err != nil || answer.Token != token || w.as() != want {
			t.Errorf("%s: %v %v %q, want %q", token, answer, err, w.as(), want)
		}
	}
	no := errors.New("no")
	w := NewWitness(tokens{err: no})
	if _, err := w.GetToken(t.Context(), policy.TokenRequestOptions{}); !errors.Is(err, no) || w.as() != "" {
		t.Errorf("%v %q", err, w.as())
	}
	if (*Witness)(nil).as() != "" {
		t.Error("nobody has a name")
	}
}
