package port

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// operand is the right side of a rule.
type operand struct {
	value any
	now   func() time.Time
}

// test is a rule's operator with its operand, for one value.
type test func(got any) bool

// operators are those of docs/search-and-query. A negative operator also holds
// for an entity without a value.
var operators = map[string]func(operand) (test, error){
	"=":                 equals,
	"!=":                not(equals),
	"isEmpty":           func(operand) (test, error) { return isEmpty, nil },
	"isNotEmpty":        func(operand) (test, error) { return func(got any) bool { return !isEmpty(got) }, nil },
	"contains":          text(contains),
	"doesNotContains":   not(text(contains)),
	"beginsWith":        text(strings.HasPrefix),
	"doesNotBeginsWith": not(text(strings.HasPrefix)),
	"endsWith":          text(strings.HasSuffix),
	"doesNotEndsWith":   not(text(strings.HasSuffix)),
	"in":                oneOf,
	"notIn":             not(oneOf),
	"containsAny":       oneOf,
	">":                 number(func(got, want float64) bool { return got > want }),
	">=":                number(func(got, want float64) bool { return got >= want }),
	"<":                 number(func(got, want float64) bool { return got < want }),
	"<=":                number(func(got, want float64) bool { return got <= want }),
	"between":           inRange,
	"notBetween":        not(inRange),
}

func contains(got, want string) bool { return strings.Contains(got, want) }

func isEmpty(got any) bool {
	list, isList := got.([]any)
	return got == nil || isList && len(list) == 0
}

func not(build func(operand) (test, error)) func(operand) (test, error) {
	return func(o operand) (test, error) {
		holds, err := build(o)
		if err != nil {
			return nil, err
		}
		return func(got any) bool { return !holds(got) }, nil
	}
}

// equals compares a value, or any element of a list. Two date-times are equal
// if they are the same moment.
func equals(o operand) (test, error) {
	switch o.value.(type) {
	case []any, map[string]any:
		return nil, invalid("value must be string, number, boolean or null")
	case nil:
		return isEmpty, nil
	}
	moment, isTime := asTime(o.value)
	return func(got any) bool {
		return slices.ContainsFunc(asList(got), func(v any) bool {
			if t, ok := asTime(v); ok && isTime {
				return t.Equal(moment)
			}
			return equal(v, o.value)
		})
	}, nil
}

func text(holds func(got, want string) bool) func(operand) (test, error) {
	return func(o operand) (test, error) {
		want, ok := o.value.(string)
		if !ok {
			return nil, invalid("value must be string")
		}
		return func(got any) bool {
			return slices.ContainsFunc(asList(got), func(v any) bool {
				s, isString := v.(string)
				return isString && holds(s, want)
			})
		}, nil
	}
}

func oneOf(o operand) (test, error) {
	list, ok := o.value.([]any)
	if !ok {
		return nil, invalid("value must be array")
	}
	wanted := make(map[string]bool, len(list))
	for _, v := range list {
		s, isString := v.(string)
		if !isString {
			return nil, invalid("value must be an array of strings")
		}
		wanted[s] = true
	}
	return func(got any) bool {
		return slices.ContainsFunc(asList(got), func(v any) bool {
			s, isString := v.(string)
			return isString && wanted[s]
		})
	}, nil
}

func number(holds func(got, want float64) bool) func(operand) (test, error) {
	return func(o operand) (test, error) {
		want, ok := asNumber(o.value)
		if !ok {
			return nil, invalid("value must be number")
		}
		return func(got any) bool {
			n, isNumber := asNumber(got)
			return isNumber && holds(n, want)
		}, nil
	}
}

func inRange(o operand) (test, error) {
	from, to, err := o.period()
	if err != nil {
		return nil, err
	}
	return func(got any) bool {
		t, isTime := asTime(got)
		return isTime && !t.Before(from) && !t.After(to)
	}, nil
}

// period reads {from, to} or {preset}; both ends belong to it.
func (o operand) period() (from, to time.Time, err error) {
	value, ok := o.value.(map[string]any)
	if !ok {
		return from, to, invalid("value must be object with from and to, or with preset")
	}
	if preset, given := value["preset"]; given {
		return o.preset(preset)
	}
	var okFrom, okTo bool
	from, okFrom = asTime(value["from"])
	to, okTo = asTime(value["to"])
	if !okFrom || !okTo {
		return from, to, invalid("value/from and value/to must be ISO 8601 date-times")
	}
	return from, to, nil
}

func (o operand) preset(preset any) (from, to time.Time, err error) {
	now := o.now().UTC()
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	day := func(offset int) (time.Time, time.Time, error) {
		return today.AddDate(0, 0, offset), today.AddDate(0, 0, offset+1).Add(-time.Millisecond), nil
	}
	switch preset {
	case "yesterday":
		return day(-1)
	case "today":
		return day(0)
	case "tomorrow":
		return day(1)
	case "lastWeek":
		return now.AddDate(0, 0, -7), now, nil
	case "last2Weeks":
		return now.AddDate(0, 0, -14), now, nil
	case "lastMonth":
		return now.AddDate(0, -1, 0), now, nil
	case "last3Months":
		return now.AddDate(0, -3, 0), now, nil
	case "last6Months":
		return now.AddDate(0, -6, 0), now, nil
	case "last12Months":
		return now.AddDate(0, -12, 0), now, nil
	default:
		return from, to, invalid("value/preset %v is not known", preset)
	}
}

func asNumber(v any) (float64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	f, err := n.Float64()
	return f, err == nil
}

func asTime(v any) (time.Time, bool) {
	s, ok := v.(string)
	if !ok {
		return time.Time{}, false
	}
	return parseTime(s, true)
}
