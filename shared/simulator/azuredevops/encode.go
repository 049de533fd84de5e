package azuredevops

import (
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

// Work items are encoded by hand, without maps: a million of them must not cost
// more here than in the program under test.

// appendItem appends a work item; selected nil means all fields.
func (it *item) append(b []byte, base string, selected []*field, extra extras) []byte {
	b = append(b, `{"id":`...)
	b = strconv.AppendInt(b, int64(it.id), 10)
	b = append(b, `,"rev":`...)
	b = strconv.AppendInt(b, int64(it.rev()), 10)
	b = append(b, `,"fields":{`...)
	if selected == nil {
		selected = it.server.allFields(it.change)
	}
	first := true
	for _, f := range selected {
		v := it.value(f)
		if v == nil {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = append(appendString(b, f.name), ':')
		b = appendValue(b, v)
	}
	b = append(b, '}')
	b = it.appendExtras(b, base, extra)
	b = append(b, `,"url":`...)
	b = appendString(b, it.url(base))
	return append(b, '}')
}

func (it *item) url(base string) string {
	return base + "/" + it.project.id + "/_apis/wit/workItems/" + strconv.Itoa(it.id)
}

func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return appendString(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1e15 {
			return append(strconv.AppendInt(b, int64(v), 10), ".0"...) // as Newtonsoft.Json writes a double
		}
		return strconv.AppendFloat(b, v, 'f', -1, 64)
	case bool:
		return strconv.AppendBool(b, v)
	case time.Time:
		return appendString(b, formatTime(v))
	case *person:
		return append(b, v.body...)
	default:
		return append(b, mustEncode(v)...)
	}
}

const hex = "0123456789abcdef"

// appendString appends a JSON string. It escapes what JSON requires and nothing
// else; invalid UTF-8 becomes U+FFFD.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				b = append(append(b, s[start:i]...), "\ufffd"...)
				start = i + 1
			}
			i += size
			continue
		}
		i++
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[start:i-1]...)
		b = appendEscape(b, c)
		start = i
	}
	return append(append(b, s[start:]...), '"')
}

func appendEscape(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\n':
		return append(b, `\n`...)
	case '\r':
		return append(b, `\r`...)
	case '\t':
		return append(b, `\t`...)
	}
	return append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xF])
}
