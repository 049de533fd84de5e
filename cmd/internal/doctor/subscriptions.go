package doctor

import (
	"context"
	"fmt"
	"strings"

	"adoport/shared/servicehook"
)

// NameSubscriptions is the check of our subscriptions to service hooks.
const NameSubscriptions = "subscriptions"

// Reconciler tells what would have to be changed about the subscriptions.
type Reconciler interface {
	Ensure(ctx context.Context, r servicehook.Request) (servicehook.Report, error)
}

// Subscriptions checks whether our subscriptions are those that the mapped kinds
// need. open makes the reconciler, which needs the password of the service hooks;
// it is only asked what it would do.
func Subscriptions(open func(ctx context.Context) (Reconciler, error), kinds []string) Check {
	needs := []string{NameMapping, NameHooks, NameSecret("SERVICE_HOOK_PASSWORD")}
	return Check{Name: NameSubscriptions, Needs: needs, Ask: func(ctx context.Context) Finding {
		reconciler, err := open(ctx)
		if err != nil {
			return failure(ctx, "", err)
		}
		report, err := reconciler.Ensure(ctx, servicehook.Request{Kinds: kinds, DryRun: true})
		if err != nil {
			return failure(ctx, "they cannot be compared with what is needed", err)
		}
		return judge(report)
	}}
}

// ensure is what repairs subscriptions.
const ensure = "Run adoport subscriptions ensure, or wait for the subscriptions timer of the app."

func judge(report servicehook.Report) Finding {
	switch {
	case len(report.Created)+len(report.Deleted) == 0:
		return fine("%s, all as they should be", counted(len(report.Kept), "subscription"))
	case len(report.Lost) > 0:
		return warn(fmt.Sprintf("%s not deliver: %s; their events are lost", does(len(report.Lost)), events(report.Lost)),
			ensure, "Then bring what was missed: adoport backfill --kind "+strings.Join(servicehook.Kinds(report.Lost), " --kind "))
	case len(report.Kept)+len(report.Deleted) == 0:
		return warn(fmt.Sprintf("there are none of ours yet; %d are needed", len(report.Created)), ensure)
	}
	todo := []string{ensure}
	if len(report.Deleted) > 0 {
		// They have the same reason nearly always: another password, or a user.
		d := report.Deleted[0]
		todo = append([]string{fmt.Sprintf("For example %s: %s.", d.Subscription, d.Reason)}, todo...)
	}
	return warn(fmt.Sprintf("%d as they should be, %d missing, %d wrong", len(report.Kept), len(report.Created), len(report.Deleted)), todo...)
}

func does(n int) string {
	if n == 1 {
		return "1 subscription does"
	}
	return fmt.Sprintf("%d subscriptions do", n)
}

// events are the types of events of some subscriptions, a few of them.
func events(of []servicehook.Subscription) string {
	const shown = 3
	text := make([]string, 0, shown+1)
	for _, s := range of {
		if len(text) == shown {
			return strings.Join(append(text, "…"), ", ")
		}
		text = append(text, s.EventType+" ("+s.Status+")")
	}
	return strings.Join(text, ", ")
}
