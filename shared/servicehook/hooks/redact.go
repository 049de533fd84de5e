package hooks

import (
	"errors"
	"strings"

	"adoport/shared/transport"
)

// redact takes a password out of what Azure DevOps says about the request that
// it was in.
func redact(err error, password string) error {
	e, ok := errors.AsType[*transport.StatusError](err)
	if !ok || password == "" || !strings.Contains(e.Message, password) {
		return err
	}
	clean := *e
	clean.Message = strings.ReplaceAll(e.Message, password, "REDACTED")
	return &clean
}
