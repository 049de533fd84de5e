package keyvault

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"adoport/shared/secret"
)

var (
	disabled = verdict{what: "it is disabled", do: "enable its newest version, or add another one", is: secret.ErrUnusable}
	empty    = verdict{what: "it is empty", do: "add a version with a value", is: secret.ErrUnusable}
)

// forbidden is what a 403 means, by its inner code (Microsoft Learn, "Azure Key
// Vault REST API error codes", and reports of such answers).
var forbidden = map[string]verdict{
	"SecretDisabled":    disabled,
	"SecretExpired":     {what: "it has expired", do: "add another version", is: secret.ErrUnusable},
	"SecretNotYetValid": {what: "it is not yet valid", do: "change the date from which on it is, or add another version", is: secret.ErrUnusable},
	"ForbiddenByPolicy": {
		what: "the identity of this app may not read secrets",
		do:   "give it the permission Get for secrets in the access policies of the vault, or let the vault use roles and give it the role Key Vault Secrets User",
	},
	"ForbiddenByFirewall": {
		what: "the firewall of the vault does not let this app in",
		do:   "allow this app's subnet or its outbound addresses in the networking settings of the vault",
	},
	"ForbiddenByConnection": {
		what: "the vault only takes private connections",
		do:   "connect this app to the network of the vault's private endpoint, or allow public access",
	},
}

// noRole is for ForbiddenByRbac, and for what is not known.
var noRole = verdict{
	what: "the identity of this app may not read secrets",
	do:   "give it the role Key Vault Secrets User on the vault, and wait some minutes for that to take effect",
}

func explainAnswer(answer *azcore.ResponseError) verdict {
	status := strconv.Itoa(answer.StatusCode)
	code, inner := codes(answer)
	switch answer.StatusCode {
	case http.StatusNotFound:
		if code == "SecretNotFound" {
			return verdict{what: "there is none of that name", do: "add it, or recover it if it was deleted", is: secret.ErrNotFound}
		}
		return verdict{what: "the answer is not that of a Key Vault (404)", do: lookAtURL}
	case http.StatusForbidden:
		if v, ok := forbidden[inner]; ok {
			return v
		}
		return noRole
	case http.StatusUnauthorized:
		return verdict{what: "the vault does not accept the identity of this app", do: "check that both are in the same Microsoft Entra tenant"}
	case http.StatusBadRequest:
		return verdict{what: "the vault does not understand the request (400)", do: "check that the name of the secret has only letters, digits and dashes"}
	case http.StatusTooManyRequests:
		return verdict{what: "the vault has too many requests (429)", do: "try again later; if that stays, look for what else reads from it so often"}
	}
	if answer.StatusCode >= http.StatusInternalServerError {
		return verdict{what: "the vault does not work (" + status + ")", do: "try again later"}
	}
	return verdict{what: "the answer is not that of a Key Vault (" + status + ")", do: lookAtURL}
}

// codes returns the code and the inner code of an error, "" for none. They come
// from the answer, so they MUST NOT be printed.
func codes(answer *azcore.ResponseError) (code, inner string) {
	if answer.RawResponse == nil {
		return answer.ErrorCode, ""
	}
	body, err := runtime.Payload(answer.RawResponse) // read before: no error of its own
	var parsed struct {
		Error struct {
			Code       string `json:"code"`
			InnerError struct {
				Code string `json:"code"`
			} `json:"innererror"`
		} `json:"error"`
	}
	if err != nil || json.Unmarshal(body, &parsed) != nil {
		return "", ""
	}
	return strings.TrimSpace(parsed.Error.Code), parsed.Error.InnerError.Code
}
