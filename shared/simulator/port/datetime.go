package port

import (
	"strings"
	"time"
)

// timeLayout is how the service writes every date-time.
const timeLayout = "2006-01-02T15:04:05.000Z"

func formatTime(t time.Time) string { return t.UTC().Format(timeLayout) }

func formatMillis(ms int64) string { return formatTime(time.UnixMilli(ms)) }

// parseTime reads an RFC 3339 date-time, which has a zone. Unless strict, t and
// z may be small and a space may stand for the T, as RFC 3339 §5.6 permits.
func parseTime(s string, strict bool) (time.Time, bool) {
	if !strict && len(s) > 10 {
		s = strings.ToUpper(s)
		if s[10] == ' ' {
			s = s[:10] + "T" + s[11:]
		}
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	// time.Parse takes a comma for the point, RFC 3339 does not.
	return t, err == nil && !strings.Contains(s, ",")
}
