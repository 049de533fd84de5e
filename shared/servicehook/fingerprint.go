package servicehook

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// fingerprintHeader is a header that our subscriptions send along. Its value is
// the fingerprint of the password that they were made with, and the only way to
// see that a password was changed: Azure DevOps shows passwords as "********".
//
// It is a header and not a part of the URL because the URL is what makes a
// subscription ours, is what people compare with their configuration, and ends
// in the access logs of every proxy. Headers are not confidential (consumer
// webHooks, input httpHeaders), so they can be read back; should a server mask
// them, the fingerprint counts as unchanged.
const fingerprintHeader = "X-Adoport-Key"

// rounds makes guessing a weak password from its fingerprint slow: whoever may
// see a subscription may see the fingerprint.
const rounds = 100_000

// fingerprint is 8 hexadecimal digits that change with the password, and with
// the URL, so that the same password elsewhere cannot be recognized.
func fingerprint(url, password string) (string, error) {
	key, err := pbkdf2.Key(sha256.New, password, []byte("adoport-subscription "+url), rounds, sha256.Size)
	if err != nil {
		return "", err
	}
	return hex.EncodeToString(key[:4]), nil
}

// readFingerprint finds the fingerprint in a subscription's headers, "" if there
// is none. readable is false if the server does not show headers.
func readFingerprint(headers string) (f string, readable bool) {
	if isMasked(headers) {
		return "", false
	}
	for line := range strings.Lines(headers) {
		name, value, _ := strings.Cut(line, ":")
		if strings.EqualFold(strings.TrimSpace(name), fingerprintHeader) {
			value = strings.TrimSpace(value)
			return value, !isMasked(value)
		}
	}
	return "", true
}

func isMasked(text string) bool {
	return text != "" && strings.Trim(text, "*") == ""
}
