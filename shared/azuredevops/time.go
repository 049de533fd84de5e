package azuredevops

import (
	"fmt"
	"time"
)

// zoneless is how some routes write times (policies, "0001-01-01T00:00:00").
const zoneless = "2006-01-02T15:04:05"

// ParseTime reads a time of an answer: RFC 3339 with or without a fraction of
// seconds. One without a zone is UTC, as is the result. Azure DevOps writes "no
// time" as 0001-01-01, for which IsZero is true.
func ParseTime(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, s)
	if err == nil {
		return t.UTC(), nil
	}
	if t, err := time.Parse(zoneless, s); err == nil {
		return t, nil
	}
	return time.Time{}, fmt.Errorf("reading a time of Azure DevOps: %w", err)
}
