package azuredevops

import (
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// The rules of the consumer's inputs are those that GET _apis/hooks/consumers
// tells (webHooks, httpRequest).
var (
	credentialForm = regexp.MustCompile(`^[\S]+$`)
	headersForm    = regexp.MustCompile(`^([\S]+[\s]*:[\s]*[\S]+[\s]*[\r\n\f]+)*?([\S]+[\s]*:[\s]*[\S]+)+$`)

	resourceValues = []string{"", "all", "minimal", "none"}
	messageValues  = []string{"", "all", "text", "html", "markdown", "none"}
)

const longestCredential = 256

// checkConsumer checks the consumer. No message holds a password.
func (s *Server) checkConsumer(b *subscription) *reply {
	if b.consumer != webHooks || b.action != httpRequest {
		return refusedInput("The consumer %q with the action %q was not found.", b.consumer, b.action)
	}
	for name, value := range b.consumerInputs {
		if failed := checkConsumerInput(name, value); failed != nil {
			return failed
		}
	}
	return s.checkHookURL(b.consumerInputs)
}

func checkConsumerInput(name, value string) *reply {
	ok := true
	switch name {
	case inputURL, "businessJustification":
	case "acceptUntrustedCerts":
		ok = slices.Contains([]string{"", "true", "false"}, strings.ToLower(value))
	case inputUser, inputPassword:
		ok = value == "" || len(value) <= longestCredential && credentialForm.MatchString(value)
	case inputHeaders:
		ok = value == "" || headersForm.MatchString(value)
	case inputResource:
		ok = slices.Contains(resourceValues, value)
	case inputMessages, inputDetailed:
		ok = slices.Contains(messageValues, value)
	default:
		return refusedInput("The input %q is not an input of the consumer action %q.", name, httpRequest)
	}
	if !ok {
		return refusedInput("The value of the input %q is not valid.", name)
	}
	return nil
}

// checkHookURL applies Learn's "Web Hooks": no localhost or special addresses,
// and HTTPS for basic authentication.
func (s *Server) checkHookURL(inputs map[string]string) *reply {
	u, err := url.Parse(inputs[inputURL])
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return refusedInput("The value of the input %q is not a valid URI: an absolute http or https URI is required.", inputURL)
	}
	if isLoopback(u.Hostname()) && s.options.LoopbackHooks {
		return nil
	}
	if isSpecial(u.Hostname()) {
		return refusedInput("The URL %q is not allowed: web hooks cannot target localhost or special range IP addresses.", u.Redacted())
	}
	if u.Scheme == "http" && (inputs[inputUser] != "" || inputs[inputPassword] != "") {
		return refusedInput("Basic authentication requires the HTTPS scheme in the input %q.", inputURL)
	}
	return nil
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.IsLoopback()
}

func isSpecial(host string) bool {
	ip, err := netip.ParseAddr(host)
	return isLoopback(host) || err == nil && (ip.IsPrivate() || ip.IsUnspecified() || ip.IsLinkLocalUnicast() || ip.IsMulticast())
}
