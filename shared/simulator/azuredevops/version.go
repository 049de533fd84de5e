package azuredevops

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// apiVersion returns what a request asks for, in the query or in Accept.
func apiVersion(r *http.Request, q query) string {
	if v := q["api-version"]; v != "" {
		return v
	}
	for part := range strings.SplitSeq(r.Header.Get("Accept"), ";") {
		if name, v, ok := strings.Cut(strings.TrimSpace(part), "="); ok && strings.EqualFold(name, "api-version") {
			return v
		}
	}
	return ""
}

// checkVersion refuses a version as the service does. It may be absent from a
// GET, never from another method. previewOnly resources (connectionData) exist
// under preview versions alone.
func checkVersion(method, version string, previewOnly bool) *reply {
	if version == "" {
		if method == http.MethodGet {
			return nil
		}
		a := wrappedError(http.StatusBadRequest, classWebAPI+"VssVersionNotSpecifiedException", 3000,
			"No api-version was supplied for the %q request. The version must be supplied either as part of the Accept header (e.g. \"application/json; api-version=1.0\") or as a query parameter (e.g. \"?api-version=1.0\").", method)
		return &a
	}
	release, _, preview := strings.Cut(version, "-preview")
	number, ok := releaseNumber(release)
	switch {
	case !ok:
		a := wrappedError(http.StatusBadRequest, classWebAPI+"VssInvalidApiResourceVersionException", 3000,
			"The api-version %q is not valid.", version)
		return &a
	case number > 702:
		a := wrappedError(http.StatusBadRequest, classWebAPI+"VssVersionOutOfRangeException", 3000,
			"The requested REST API version of %s is out of range for this server. The latest REST API version this server supports is 7.2.", release)
		return &a
	case !preview && (previewOnly || number == 702):
		a := wrappedError(http.StatusBadRequest, classWebAPI+"VssInvalidPreviewVersionException", 3000,
			"The requested version %q of the resource is under preview. The -preview flag must be supplied in the api-version for such requests. For example: %q", release, fmt.Sprintf("%s-preview", release))
		return &a
	}
	return nil
}

// releaseNumber turns "7.1" into 701.
func releaseNumber(release string) (int, bool) {
	major, minor, ok := strings.Cut(release, ".")
	a, errMajor := strconv.Atoi(major)
	b, errMinor := strconv.Atoi(minor)
	return a*100 + b, ok && errMajor == nil && errMinor == nil && a > 0 && b >= 0 && b < 100
}
