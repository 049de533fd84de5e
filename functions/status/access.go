package status

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// isLocal reports whether a request was made on this computer, for this computer.
//
// A request through a proxy on this computer is another's. A proxy that does not
// say that it is one cannot be told from a person.
func isLocal(r *http.Request) bool {
	remote, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !remote.Addr().Unmap().IsLoopback() {
		return false
	}
	for _, name := range []string{
		"Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "X-Original-For", "X-Original-Host",
	} {
		if r.Header.Values(name) != nil {
			return false
		}
	}
	return isLocalName(r.Host)
}

// isLocalName keeps out pages of others whose name was made to point here: a
// browser on this computer would show them the status (DNS rebinding).
func isLocalName(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
