package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"adoport/shared/ingest"
	"adoport/shared/ledger/azuretable"
	"adoport/shared/secret/keyvault"
	"adoport/shared/transport"
)

// slowError is the cause of the end of a check's time.
type slowError time.Duration

func (e slowError) Error() string { return fmt.Sprintf("no answer within %s", time.Duration(e)) }

// failure is the finding for an error. The error's own advice comes before todo;
// there is always some.
func failure(ctx context.Context, what string, err error, todo ...string) Finding {
	detail, advice := explain(ctx, err)
	if what != "" {
		detail = what + ": " + detail
	}
	if advice = append(advice, todo...); len(advice) == 0 {
		advice = []string{"Try again. If it stays like this, the message says what the service objects to."}
	}
	return fail(detail, advice...)
}

// Broken is a check that failed before it was asked.
func Broken(name string, err error, todo ...string) Check {
	return Check{Name: name, Ask: func(context.Context) Finding { return fail(strings.ReplaceAll(err.Error(), "\n", "; "), todo...) }}
}

// explain takes an error apart: what is wrong, and what its maker says is to be
// done.
func explain(ctx context.Context, err error) (detail string, advice []string) {
	if vault, ok := errors.AsType[*keyvault.Error](err); ok {
		return vault.What, []string{sentence(vault.Do)}
	}
	if slow, ok := errors.AsType[slowError](context.Cause(ctx)); ok && ctx.Err() != nil {
		return slow.Error(), nil
	}
	if refused, ok := errors.AsType[*ingest.AuthError](err); ok {
		detail, _ := lines(refused.Err.Error())
		_, advice := lines("\n" + refused.Advice)
		return detail, advice
	}
	if table, ok := errors.AsType[*azuretable.Error](err); ok && table.Advice != "" {
		return (&azuretable.Error{Table: table.Table, Status: table.Status, Code: table.Code}).Error(), []string{table.Advice}
	}
	if _, ok := errors.AsType[*transport.BrokenError](err); ok {
		return "it cannot be reached: " + err.Error(), nil
	}
	return lines(err.Error())
}

// lines parts the first line of a text from those that follow.
func lines(text string) (first string, rest []string) {
	first, text, _ = strings.Cut(text, "\n")
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			rest = append(rest, line)
		}
	}
	return strings.TrimSpace(first), rest
}

// sentence begins with a capital and ends in a full stop.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + strings.TrimRight(text[1:], ".") + "."
}
