package azuredevops

import (
	"crypto/subtle"
	"net/http"
	"strings"
)

// authorized accepts Basic authentication by its password alone, and the Bearer
// token if there is one.
func (s *Server) authorized(r *http.Request) bool {
	if _, password, ok := r.BasicAuth(); ok {
		return same(password, s.options.PAT)
	}
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	return ok && s.options.Token != "" && strings.EqualFold(scheme, "Bearer") && same(token, s.options.Token)
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// signIn answers refused credentials as the service does: a sign-in page with
// 203, which is a 2xx, unless the caller asks not to be redirected.
func signIn(r *http.Request) reply {
	if strings.EqualFold(r.Header.Get("X-TFS-FedAuthRedirect"), "Suppress") {
		return reply{status: http.StatusUnauthorized}
	}
	return reply{status: http.StatusNonAuthoritativeInfo, contentType: htmlType, body: signInPage}
}

// signInPage is about as large as the real one, 16 KB.
var signInPage = []byte(`<!DOCTYPE html>
<html lang="en-US"><head><title>Azure DevOps Services | Sign In</title>
<script>` + strings.Repeat("/* sign-in script */ ", 760) + `</script></head>
<body><h1>Azure DevOps Services | Sign In</h1>
<a href="https://app.vssps.visualstudio.com/_signin">Sign in</a></body></html>
`)
