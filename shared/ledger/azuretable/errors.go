package azuretable

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/data/aztables"
)

// Error is a refusal or a failure that the table service answers. Neither a URL
// nor a body is in it.
type Error struct {
	Table  string
	Status int
	// Code is the service's own, "" if it gives none (Learn, "Table service error
	// codes").
	Code string
	// Advice says what a person should do, "" if nothing helps but waiting.
	Advice string

	// inTransaction is whether a part of a transaction has failed.
	inTransaction bool
}

func (e *Error) Error() string {
	s := fmt.Sprintf("table %s: the service answers %d %s", e.Table, e.Status, http.StatusText(e.Status))
	if e.Code != "" {
		s += " (" + e.Code + ")"
	}
	if e.Advice != "" {
		s += "\n" + e.Advice
	}
	return s
}

// unansweredError is why a request got no answer. Its text is short, and has no
// URL.
type unansweredError struct {
	table string
	err   error
}

func (e *unansweredError) Error() string {
	const longest = 300
	line, _, _ := strings.Cut(e.err.Error(), "\n")
	if runes := []rune(line); len(runes) > longest {
		line = string(runes[:longest]) + "…"
	}
	return fmt.Sprintf("table %s: %s", e.table, line)
}

func (e *unansweredError) Unwrap() error { return e.err }

// explain returns an error that is fit for people.
func (t *table) explain(err error) error {
	if err == nil {
		return nil
	}
	if answer, ok := errors.AsType[*azcore.ResponseError](err); ok {
		return t.answered(answer)
	}
	if failed, ok := errors.AsType[*url.Error](err); ok {
		err = failed.Err
	}
	return &unansweredError{table: t.name, err: err}
}

// answered never holds on to the answer itself, which prints its URL and body.
func (t *table) answered(answer *azcore.ResponseError) *Error {
	e := &Error{Table: t.name, Status: answer.StatusCode, Code: answer.ErrorCode}
	if answer.StatusCode == http.StatusAccepted {
		e.inTransaction = true
		if body, err := runtime.Payload(answer.RawResponse); err == nil {
			e.Status, e.Code = refusedPart(body)
		}
	}
	if e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden {
		e.Advice = t.advice(e.Code)
	}
	return e
}

// refusedPart finds the part of a transaction's answer that says why it failed:
// the transaction as a whole is answered 202 (Learn, "Performing entity group
// transactions", Sample error response). It is a failure of the service if none
// says so.
func refusedPart(body []byte) (status int, code string) {
	for len(body) > 0 {
		_, body, _ = bytes.Cut(body, []byte("HTTP/1.1 "))
		line, rest, _ := bytes.Cut(body, []byte(" "))
		if status, _ = strconv.Atoi(string(line)); status < http.StatusBadRequest {
			continue
		}
		var refusal struct {
			Error struct {
				Code string `json:"code"`
			} `json:"odata.error"`
		}
		if at := bytes.IndexByte(rest, '{'); at >= 0 && json.NewDecoder(bytes.NewReader(rest[at:])).Decode(&refusal) == nil {
			code = refusal.Error.Code
		}
		return status, code
	}
	return http.StatusInternalServerError, ""
}

// advice says what helps when the service lets nobody in.
func (t *table) advice(code string) string {
	switch {
	case code == "AuthorizationFailure":
		return "Check the network rules of the storage account: they may keep this computer out."
	case t.identity:
		return "Grant the role \"Storage Table Data Contributor\" on the storage account to the identity; it may take some minutes to work."
	case code == "KeyBasedAuthenticationNotPermitted":
		return "The storage account takes no account keys; use an identity: AzureWebJobsStorage__accountName."
	default:
		return "Check the connection string: copy it again from the storage account's access keys, or use an identity: AzureWebJobsStorage__accountName."
	}
}

// hasCode reports whether an error is an answer with that code.
func hasCode(err error, code aztables.TableErrorCode) bool {
	answer, ok := errors.AsType[*Error](err)
	return ok && answer.Code == string(code)
}
