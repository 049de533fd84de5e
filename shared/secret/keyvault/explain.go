package keyvault

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"syscall"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
)

// explain returns why a read failed. It MUST NOT take over text of err: only
// statuses, and words that are known, are safe to print.
func (v *Vault) explain(ctx context.Context, err error) verdict {
	if ctx.Err() != nil {
		// Whatever err says, this is why.
		because := v.explainEnd(ctx)
		because.err = context.Cause(ctx)
		return because
	}
	because := explainOutcome(err)
	because.err = err
	return because
}

// explainEnd is for a read whose context ended.
func (v *Vault) explainEnd(ctx context.Context) verdict {
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return verdict{what: "the read was called off", do: "try again"}
	case v.identity.missing.Load():
		return noEndpoint
	default:
		return slow
	}
}

// slow is an answer that does not come.
var slow = verdict{what: "the vault did not answer in time", do: "try again; if that stays, " + lookAtNetwork}

func explainOutcome(err error) verdict {
	if token, ok := errors.AsType[*tokenError](err); ok {
		return explainToken(token.err)
	}
	if answer, ok := errors.AsType[*azcore.ResponseError](err); ok {
		return explainAnswer(answer)
	}
	return explainBroken(err)
}

const (
	lookAtNetwork = "check that this app's network reaches the vault"
	lookAtURL     = "check KEY_VAULT_URL"
)

// explainBroken is for requests without an answer that can be used.
func explainBroken(err error) verdict {
	if name, ok := errors.AsType[*net.DNSError](err); ok && name.IsNotFound {
		return verdict{what: "no vault of that name is found", do: lookAtURL + "; if the vault has a private endpoint, check that this app's network resolves its name"}
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return verdict{what: "the certificate of the vault is not trusted", do: lookAtURL + ", and whether a proxy reads along"}
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return slow
	}
	if number, ok := errors.AsType[syscall.Errno](err); ok {
		return verdict{what: "the vault cannot be reached: " + number.Error(), do: lookAtNetwork}
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return verdict{what: "the vault cannot be reached", do: lookAtNetwork}
	}
	return noAnswer
}

// noAnswer is an answer of another kind, or a challenge for another host.
var noAnswer = verdict{what: "the answer is not that of a Key Vault", do: lookAtURL}
