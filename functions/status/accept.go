package status

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// wantsHTML reports whether a client asks for a page, as browsers do: it names
// text/html, and likes it at least as much as JSON (RFC 9110, section 12.5.1).
// Programs that take anything get JSON.
func wantsHTML(h http.Header) bool {
	var page, document float64
	for entry := range strings.SplitSeq(strings.Join(h.Values("Accept"), ","), ",") {
		media, params, err := mime.ParseMediaType(entry)
		if err != nil {
			continue
		}
		q := 1.0
		if text, ok := params["q"]; ok {
			if q, err = strconv.ParseFloat(text, 64); err != nil {
				continue
			}
		}
		switch media {
		case "text/html":
			page = q
		case "application/json":
			document = q
		}
	}
	return page > 0 && page >= document
}
