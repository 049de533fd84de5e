package mapping

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// maxValueDepth is how deep a value may be nested. It is far beyond what an
// item has and protects the recursion of whoever encodes it.
const maxValueDepth = 500

var errTooDeep = fmt.Errorf("gave a value that is nested more than %d deep", maxValueDepth)

// normalized makes a value that JSON can express of what a program gave: like
// jq, it writes NaN as null and infinity as the largest number. It copies only
// what it changes, for what a program gives is not ours.
func normalized(v any) (any, error) {
	n, _, err := normalize(v, 0)
	return n, err
}

func normalize(v any, depth int) (n any, changed bool, err error) {
	if depth > maxValueDepth {
		return nil, false, errTooDeep
	}
	switch v := v.(type) {
	case float64:
		n, changed = finite(v)
		return n, changed, nil
	case []any:
		return normalizeList(v, depth)
	case map[string]any:
		return normalizeObject(v, depth)
	default:
		return v, false, nil
	}
}

func finite(f float64) (n any, changed bool) {
	switch {
	case math.IsNaN(f):
		return nil, true
	case math.IsInf(f, 0):
		return math.Copysign(math.MaxFloat64, f), true
	default:
		return f, false
	}
}

func normalizeList(list []any, depth int) (any, bool, error) {
	result, copied := list, false
	for i, v := range list {
		n, changed, err := normalize(v, depth+1)
		if err != nil {
			return nil, false, err
		}
		if !changed {
			continue
		}
		if !copied {
			result, copied = slices.Clone(list), true
		}
		result[i] = n
	}
	return result, copied, nil
}

func normalizeObject(object map[string]any, depth int) (any, bool, error) {
	result, copied := object, false
	for k, v := range object {
		n, changed, err := normalize(v, depth+1)
		if err != nil {
			return nil, false, err
		}
		if !changed {
			continue
		}
		if !copied {
			result, copied = maps.Clone(object), true
		}
		result[k] = n
	}
	return result, copied, nil
}

// deepCopy copies objects and arrays. It gives an error value, as a jq function
// does, for what is nested too deeply.
func deepCopy(v any) any {
	c, err := copyValue(v, 0)
	if err != nil {
		return err
	}
	return c
}

func copyValue(v any, depth int) (any, error) {
	if depth > maxValueDepth {
		return nil, errors.New("the value is nested too deeply")
	}
	switch v := v.(type) {
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			c, err := copyValue(e, depth+1)
			if err != nil {
				return nil, err
			}
			list[i] = c
		}
		return list, nil
	case map[string]any:
		object := make(map[string]any, len(v))
		for k, e := range v {
			c, err := copyValue(e, depth+1)
			if err != nil {
				return nil, err
			}
			object[k] = c
		}
		return object, nil
	default:
		return v, nil
	}
}

// textOf makes a text of what stands for one: null gives "", a number its
// digits. ok is false for anything else.
func textOf(v any) (text string, ok bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case int:
		return strconv.Itoa(v), true
	case *big.Int:
		return v.String(), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case json.Number:
		return digits(v.String()), true
	default:
		return "", false
	}
}

// digits writes a JSON number without an exponent and an integer without a
// fraction.
func digits(number string) string {
	if !strings.ContainsAny(number, ".eE") {
		return number
	}
	f, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return number
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// typeOf names what a program gave, for messages.
func typeOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case string:
		return "the text " + quote(v)
	case []any:
		return "an array"
	case map[string]any:
		return "an object"
	default:
		text, _ := textOf(v)
		return "the number " + clip(text)
	}
}

// errorText makes a message of what a jq error carries.
func errorText(v any) string {
	if text, ok := v.(string); ok {
		return text
	}
	encoded, err := json.Marshal(v)
	if err != nil {
		return "error of " + typeOf(v)
	}
	return "error: " + string(encoded)
}
