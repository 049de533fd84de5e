// Package secret reads secrets where they are kept and remembers them for a
// while, so that one that is replaced there is used without a restart, and what
// works goes on while the place they are kept in does not.
package secret

import (
	"context"
	"errors"
	"strings"

	"adoport/shared/settings"
)

var (
	// ErrNotFound means that there is no secret of that name.
	ErrNotFound = errors.New("there is no such secret")
	// ErrUnusable means that there is a secret of that name, but no value to be
	// had: it is disabled, or empty.
	ErrUnusable = errors.New("the secret has no value that can be read")
)

// Source is a place where secrets are kept.
type Source interface {
	// Read returns the newest value of a secret; it is never empty. The error
	// wraps ErrNotFound or ErrUnusable if the source says so for certain; any
	// other means that it could not be asked. Read MUST end when ctx does.
	Read(ctx context.Context, name string) (settings.Secret, error)
}

// Name returns the name under which the value of a setting is kept: in lower
// case, with dashes, since Key Vault permits no underscores (Microsoft Learn,
// "Azure Key Vault keys, secrets and certificates overview").
// PORT_CLIENT_SECRET is port-client-secret.
func Name(setting string) string {
	return strings.ToLower(strings.ReplaceAll(setting, "_", "-"))
}
