package functionshost

import (
	"crypto/subtle"
	"fmt"
	"net/http"
	"strings"
)

// authLevel says which key a request needs.
type authLevel int

const (
	anonymous authLevel = iota
	functionLevel
	admin
)

// parseAuthLevel reads authLevel, which is function by default.
func parseAuthLevel(text string) (authLevel, error) {
	switch strings.ToLower(text) {
	case "anonymous":
		return anonymous, nil
	case "", "function":
		return functionLevel, nil
	case "admin":
		return admin, nil
	}
	return 0, fmt.Errorf("authLevel is %q: it must be anonymous, function or admin", text)
}

// level returns what the key of a request is good for: the header x-functions-key,
// or ?code= (Learn, "Work with access keys in Azure Functions").
func (o Options) level(r *http.Request) authLevel {
	key := r.Header.Get("X-Functions-Key")
	if key == "" {
		key = r.URL.Query().Get("code")
	}
	switch {
	case same(key, o.MasterKey):
		return admin
	case same(key, o.FunctionKey):
		return functionLevel
	}
	return anonymous
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
