package doctor

import (
	"context"
	"errors"

	"adoport/shared/secret"
)

// NameVault is the check of the Key Vault's address.
const NameVault = "Key Vault"

// NameSecret is the check of the secret that a setting may be in.
func NameSecret(setting string) string { return NameVault + ": " + secret.Name(setting) }

// Secret checks whether the Key Vault gives out a secret in place of a setting
// that is not set. witness is whose token opens the vault. instead says what is
// done without the secret; "" is that there is nothing to be done without it.
func Secret(vault secret.Source, setting string, witness *Witness, instead string) Check {
	name := secret.Name(setting)
	return Check{Name: NameSecret(setting), Needs: []string{NameVault}, Ask: func(ctx context.Context) Finding {
		_, err := vault.Read(ctx, name)
		switch {
		case err == nil:
			return fine("it can be read%s", witness.as())
		case errors.Is(err, secret.ErrNotFound) && instead != "":
			return fine("there is none, so %s", instead)
		case errors.Is(err, secret.ErrNotFound):
			return failure(ctx, "", err, "Its value is that of "+setting+", which is not set either.")
		}
		f := failure(ctx, "", err)
		if who := witness.as(); who != "" {
			f.Detail += " (we ask" + who + ")"
		}
		return f
	}}
}
