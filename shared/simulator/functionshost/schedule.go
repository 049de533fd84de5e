package functionshost

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// schedule is an NCRONTAB expression: {second} {minute} {hour} {day} {month}
// {day of week}, in UTC, the only zone on Flex Consumption (Learn, "Timer trigger
// for Azure Functions").
type schedule struct {
	text string
	// fields are sets of values, one bit each.
	fields [6]uint64
	// everyMinute says that all fields but the seconds are *.
	everyMinute bool
}

// cronField is a field of an expression: its range and its names.
type cronField struct {
	first, last int
	names       []string
}

var cronFields = [6]cronField{
	{0, 59, nil},
	{0, 59, nil},
	{0, 23, nil},
	{1, 31, nil},
	{1, 12, []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
	{0, 6, []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}},
}

// parseSchedule reads an expression of six fields.
func parseSchedule(text string) (*schedule, error) {
	unknown := hostErrorf("The schedule expression '%s' was not recognized as a valid cron expression or timespan string.", text)
	fields := strings.Fields(text)
	if len(fields) != len(cronFields) {
		return nil, unknown
	}
	s := &schedule{text: text, everyMinute: true}
	for i, field := range fields {
		set, err := cronFields[i].set(field)
		if err != nil {
			return nil, fmt.Errorf("%w (%w)", unknown, err)
		}
		s.fields[i] = set
		s.everyMinute = s.everyMinute && (i == 0 || field == "*")
	}
	if s.next(time.Now()).IsZero() {
		return nil, fmt.Errorf("%w (it has no occurrence)", unknown)
	}
	return s, nil
}

// set reads a field: a list of *, a, a-b, each with /step.
func (f cronField) set(field string) (set uint64, err error) {
	for item := range strings.SplitSeq(field, ",") {
		values, step, stepped := strings.Cut(item, "/")
		from, to, isRange := strings.Cut(values, "-")
		by, first, last := 1, f.first, f.last
		if stepped {
			if by, err = strconv.Atoi(step); err != nil || by < 1 {
				return 0, fmt.Errorf("%q is no step", item)
			}
		}
		if values != "*" {
			if first, err = f.value(from); err != nil {
				return 0, err
			}
			switch {
			case isRange:
				if last, err = f.value(to); err != nil {
					return 0, err
				}
			case !stepped:
				last = first
			}
		}
		for value := first; value <= last; value += by {
			set |= 1 << value
		}
		if first > last {
			return 0, fmt.Errorf("%q ends before it begins", item)
		}
	}
	return set, nil
}

// value reads a number or a name.
func (f cronField) value(text string) (int, error) {
	for i, name := range f.names {
		if len(text) >= 3 && strings.HasPrefix(strings.ToLower(text), name) {
			return f.first + i, nil
		}
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < f.first || n > f.last {
		return 0, fmt.Errorf("%q is not in %d to %d", text, f.first, f.last)
	}
	return n, nil
}

// has reports whether a value is in a field.
func (s *schedule) has(field, value int) bool { return s.fields[field]&(1<<value) != 0 }

// horizon is how far next looks: February 29 is at most eight years away.
const horizon = 9 * 366

// next returns the first occurrence after t, or the zero time if there is none.
// A day must be in both its fields, unlike in cron.
func (s *schedule) next(t time.Time) time.Time {
	t = t.UTC().Truncate(time.Second).Add(time.Second)
	for range horizon {
		if s.has(3, t.Day()) && s.has(4, int(t.Month())) && s.has(5, int(t.Weekday())) {
			if at, ok := s.within(t); ok {
				return at
			}
		}
		t = time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, time.UTC)
	}
	return time.Time{}
}

// within returns the first occurrence of t's day that is not before t.
func (s *schedule) within(t time.Time) (time.Time, bool) {
	for hour := t.Hour(); hour < 24; hour++ {
		for minute := range 60 {
			if !s.has(2, hour) || !s.has(1, minute) {
				continue
			}
			for second := range 60 {
				at := time.Date(t.Year(), t.Month(), t.Day(), hour, minute, second, 0, time.UTC)
				if s.has(0, second) && !at.Before(t) {
					return at, true
				}
			}
		}
	}
	return time.Time{}, false
}

// tooFrequent reports whether it occurs more than once a minute, so that its
// status is not kept (azure-webjobs-sdk-extensions, TimerSchedule.cs,
// ShouldDisableScheduleMonitor).
func (s *schedule) tooFrequent() bool { return s.everyMinute && bits.OnesCount64(s.fields[0]) > 1 }
