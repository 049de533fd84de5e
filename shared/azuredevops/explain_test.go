package azuredevops

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestExplain(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 2*maxMessage)
	for _, test := range []struct{ name, body, code, message string }{
		{
			"WrappedError",
			`{"$id":"1","innerException":null,"message":"VS402337: The number of work items returned exceeds the size limit of 20000.","typeName":"Fabrikam.X, Y","typeKey":"WorkItemTrackingQueryResultSizeLimitExceededException","errorCode":0,"eventId":3200}`,
			"WorkItemTrackingQueryResultSizeLimitExceededException", "VS402337: The number of work items returned exceeds the size limit of 20000.",
		},
		{"WrappedImproperError", "\xef\xbb\xbf" + `{"count":1,"value":{"Message":"TF400813: The user 'x' is not authorized.\r\n"}}`, "TF400813", "TF400813: The user 'x' is not authorized."},
		{"error code only", `{"message":"no","errorCode":404100}`, "404100", "no"},
		{"error code as text", `{"message":"no","errorCode":"17"}`, "17", "no"},
		{"list value", `{"count":1,"value":[{"Message":"x"}]}`, "", ""},
		{"page", "\n" + signInPage, "", "Azure DevOps Services | Sign In"},
		{"page without title", "<html><body>x</body></html>", "", ""},
		{"text", "Service\tunavailable\n\n(0x1)\x00", "", "Service unavailable (0x1)"},
		{"array", `[1]`, "", "[1]"},
		{"wrong types", `{"message":{"a":1}}`, "", `{"message":{"a":1}}`},
		{"null", `null`, "", ""},
		{"empty", ``, "", ""},
		{"cut off", `{"message":"no`, "", `{"message":"no`},
		{"invalid UTF-8", "a\xff\xfeb", "", "a\uFFFDb"},
		{"long", `{"message":"` + long + `"}`, "", long[:2*(maxMessage-1)] + "…"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			code, message := explain([]byte(test.body))
			if code != test.code || message != test.message {
				t.Errorf("got %q, %q; want %q, %q", code, message, test.code, test.message)
			}
		})
	}
}

func FuzzExplain(f *testing.F) {
	for _, seed := range []string{`{"message":"VS1: a","typeKey":"b","errorCode":1}`, `{"value":{"Message":"a"}}`, signInPage, "\xef\xbb\xbfa\x00\u202e", `{"value":{"value":{}}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		code, message := explain(body)
		for _, s := range []string{code, message} {
			if !utf8.ValidString(s) || utf8.RuneCountInString(s) > maxMessage {
				t.Errorf("%q is not safe to print, or too long", s)
			}
			if strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("%q has a character that is not printed", s)
			}
		}
		var wrapped struct{ Message string }
		if json.Unmarshal(body, &wrapped) == nil && strings.TrimFunc(wrapped.Message, func(r rune) bool { return !unicode.IsPrint(r) || unicode.IsSpace(r) }) != "" && message == "" {
			t.Errorf("the message of %q is lost", body)
		}
	})
}
