package wiring

import (
	"fmt"
	"time"

	"adoport/shared/host/local"
)

// ParseSchedule checks the schedule in a setting.
func ParseSchedule(setting, expression string) (local.Schedule, error) {
	schedule, err := local.ParseSchedule(expression)
	if err != nil {
		return "", &ConfigError{fmt.Errorf("%s: %w", setting, err)}
	}
	return schedule, nil
}

// interval is the time between the next two ticks of a schedule, 0 if it has
// none.
func interval(schedule local.Schedule) time.Duration {
	first, err := schedule.Next(time.Now())
	if err != nil {
		return 0
	}
	second, err := schedule.Next(first)
	if err != nil {
		return 0
	}
	return second.Sub(first)
}
