package functionshost

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/adhocore/gronx"
)

func at(s string) time.Time {
	t, err := time.Parse("2006-01-02T15:04:05", s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestSchedule(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ from, want string }{
		"0 0 */6 * * *":        {"2026-01-02T03:04:05", "2026-01-02T06:00:00"},
		"0 */15 * * * *":       {"2026-01-02T03:14:59", "2026-01-02T03:15:00"},
		"0 5,35 * * * *":       {"2026-01-02T03:05:00", "2026-01-02T03:35:00"},
		"*/10 * * * * *":       {"2026-01-02T23:59:50", "2026-01-03T00:00:00"},
		"30 * * * * *":         {"2026-01-02T03:04:30", "2026-01-02T03:05:30"},
		"0 30 9 * * MON-FRI":   {"2026-01-02T09:30:00", "2026-01-05T09:30:00"},
		"0 30 9 * * Mon":       {"2026-01-02T09:30:00", "2026-01-05T09:30:00"},
		"0 0 0 1 january *":    {"2026-01-02T00:00:00", "2027-01-01T00:00:00"},
		"0 0 0 29 2 *":         {"2026-01-02T00:00:00", "2028-02-29T00:00:00"},
		"0 0 0 13 * 5":         {"2026-01-02T00:00:00", "2026-02-13T00:00:00"}, // both the 13th and a Friday
		"5/20 0 0 * * *":       {"2026-01-02T00:00:05", "2026-01-02T00:00:25"},
		"0 10-20/5 12 31 12 *": {"2026-01-02T00:00:00", "2026-12-31T12:10:00"},
	}
	for text, tt := range tests {
		s, err := parseSchedule(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := s.next(at(tt.from).Add(600)); !got.Equal(at(tt.want)) {
			t.Errorf("%s after %s: %v, want %s", text, tt.from, got, tt.want)
		}
	}
}

func TestScheduleErrors(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "0 */6 * * *", "0 0 0 0 0 0 0", "60 * * * * *", "0 0 24 * * *", "0 0 0 32 * *", "0 0 0 * 13 *", "0 0 0 * * 7",
		"0 0 0 31 2 *", "0 */0 * * * *", "0 20-10 * * * *", "0 a * * * *", "0 0 0 L * *", "@daily", "01:00:00", "0 0 0 * * MO",
	} {
		if _, err := parseSchedule(text); err == nil || !strings.Contains(err.Error(), "was not recognized as a valid cron expression") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestTooFrequent has the cases of azure-webjobs-sdk-extensions,
// ShouldDisableScheduleMonitor_ReturnsExpectedValue.
func TestTooFrequent(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"* * * * * *": true, "*/5 * * * * *": true, "10,20,45 * * * * *": true,
		"0 * * * * *": false, "30 * * * * *": false, "* 30 * * * *": false, "* */30 * * * *": false, "* * 12 * * Mon": false,
	} {
		s, err := parseSchedule(text)
		if err != nil || s.tooFrequent() != want {
			t.Errorf("%s: %v, want %v", text, err, want)
		}
	}
}

// TestScheduleLikeGronx: where cron and NCRONTAB mean the same, another
// implementation agrees.
func TestScheduleLikeGronx(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	field := func(first, last int) string {
		a, b := first+random.IntN(last-first+1), first+random.IntN(last-first+1)
		switch random.IntN(4) {
		case 0:
			return "*"
		case 1:
			return strconv.Itoa(a)
		case 2:
			return strconv.Itoa(min(a, b)) + "-" + strconv.Itoa(max(a, b))
		}
		return strconv.Itoa(a) + "," + strconv.Itoa(b)
	}
	for range 300 {
		text := field(0, 59) + " " + field(0, 59) + " " + field(0, 23) + " " + field(1, 28) + " " + field(1, 12) + " *"
		from := time.Date(2026, 1, 1, 0, 0, random.IntN(86400*365), 0, time.UTC)
		s, err := parseSchedule(text)
		if err != nil {
			t.Fatal(text, err)
		}
		want, err := gronx.NextTickAfter(text, from, false)
		if err != nil {
			t.Fatal(text, err)
		}
		if got := s.next(from); !got.Equal(want) {
			t.Errorf("%s after %v: %v, want %v", text, from, got, want)
		}
	}
}
