package functionshost

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// timeSpan is what .NET's TimeSpan.Parse takes, of which a part without colons
// is days: "10" is ten days, and "-1" is minus one day.
var timeSpan = regexp.MustCompile(`^(-)?(?:(\d{1,8})(?:[.:](\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,7}))?)?|(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?)$`)

const day = 24 * time.Hour

// parseTimeSpan reads [-][days.]hours:minutes[:seconds[.fraction]] or days.
func parseTimeSpan(s string) (time.Duration, error) {
	m := timeSpan.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return 0, fmt.Errorf("%q is no time span: write hours:minutes:seconds, like 00:00:30", s)
	}
	hours, minutes, seconds, fraction := m[3], m[4], m[5], m[6]
	if m[7] != "" {
		hours, minutes, seconds, fraction = m[7], m[8], m[9], m[10]
	}
	d := part(m[2])*day + part(hours)*time.Hour + part(minutes)*time.Minute + part(seconds)*time.Second
	if part(hours) > 23 || part(minutes) > 59 || part(seconds) > 59 || part(m[2]) > 10_000 {
		return 0, fmt.Errorf("%q is no time span: hours go to 23, minutes and seconds to 59", s)
	}
	if fraction != "" {
		d += part(fraction+strings.Repeat("0", 7-len(fraction))) * 100
	}
	if m[1] != "" {
		d = -d
	}
	return d, nil
}

// part returns a number of a time span; the expression admits digits only.
func part(digits string) time.Duration {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return time.Duration(n)
}

// formatTimeSpan writes a time span as .NET does: [days.]hh:mm:ss[.fffffff].
func formatTimeSpan(d time.Duration) string {
	var b strings.Builder
	if days := d / day; days > 0 {
		fmt.Fprintf(&b, "%d.", days)
		d %= day
	}
	fmt.Fprintf(&b, "%02d:%02d:%02d", d/time.Hour, d%time.Hour/time.Minute, d%time.Minute/time.Second)
	if fraction := d % time.Second / 100; fraction > 0 {
		fmt.Fprintf(&b, ".%07d", fraction)
	}
	return b.String()
}
