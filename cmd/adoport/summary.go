package main

import (
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
	"time"

	"adoport/shared/ingest"
	"adoport/shared/transport"
)

// maxFailures is how many failures the text summary shows.
const maxFailures = 20

// result is what a backfill prints: as text, or as this JSON document.
type result struct {
	DryRun   bool    `json:"dryRun"`
	Duration float64 `json:"durationSeconds"`
	ingest.Report
	Requests requests `json:"requests"`
	// Blueprints that were created or extended come before the entities.
	BlueprintsCreated  []string        `json:"blueprintsCreated,omitempty"`
	BlueprintsExtended []string        `json:"blueprintsExtended,omitempty"`
	Changes            []ingest.Change `json:"changes,omitempty"`
}

type requests struct {
	AzureDevOps transport.Stats `json:"azureDevOps"`
	Port        transport.Stats `json:"port"`
}

// write prints the summary for people.
func (r *result) write(w io.Writer) {
	verb := "Backfill"
	if r.DryRun {
		verb = "Dry run"
	}
	fmt.Fprintf(w, "%s %s: %s in %s\n", verb, r.Run, r.Status, seconds(r.Duration))
	if r.Reason != "" {
		fmt.Fprintf(w, "%s\n", r.Reason)
	}
	fmt.Fprintln(w)
	r.writeKinds(w)
	r.writeBlueprints(w)
	r.writeFailures(w)
	fmt.Fprintf(w, "Requests: %s to Azure DevOps, %s to Port\n", sent(r.Requests.AzureDevOps), sent(r.Requests.Port))
	if r.DryRun {
		fmt.Fprintln(w, "Nothing was written: this was a dry run.")
	}
}

func (r *result) writeKinds(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "KIND\tSCOPES\tREAD\tSKIPPED\tUNMAPPED\tNULLED\t")
	for _, k := range r.Kinds {
		scopes := strconv.Itoa(k.Scopes)
		if k.ScopesFailed > 0 {
			scopes = fmt.Sprintf("%d (%d failed)", k.Scopes, k.ScopesFailed)
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\t%d\t\n", k.Kind, scopes, k.Read, k.Skipped, k.Unmapped, k.Nulled)
	}
	t.Flush()
	fmt.Fprintln(w)
}

func (r *result) writeBlueprints(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "BLUEPRINT\tCREATED\tUPDATED\tUNCHANGED\tDELETED\tFAILED\t")
	for _, b := range r.Blueprints {
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%d\t\n", clean(b.Blueprint), b.Created, b.Updated, b.Unchanged, b.Deleted, b.Failed)
	}
	t.Flush()
	fmt.Fprintln(w)
	for _, b := range r.Blueprints {
		if b.PruneSkipped != "" {
			fmt.Fprintf(w, "Nothing was deleted from %s: %s\n\n", clean(b.Blueprint), clean(b.PruneSkipped))
		}
	}
}

func (r *result) writeFailures(w io.Writer) {
	if len(r.Failures) == 0 {
		return
	}
	fmt.Fprintln(w, "What failed:")
	for i, f := range r.Failures {
		if i == maxFailures {
			fmt.Fprintf(w, "  … and %d more samples; -o json has all that were kept\n", len(r.Failures)-i)
			break
		}
		where := ""
		if f.Where != "" {
			where = " " + f.Where
		}
		fmt.Fprintf(w, "  %s%s: %s\n", clean(f.Item), clean(where), clean(f.Error))
	}
	fmt.Fprintln(w)
}

func sent(s transport.Stats) string {
	text := strconv.Itoa(s.Requests)
	if s.Retries > 0 {
		text += fmt.Sprintf(" (%d of them again)", s.Retries)
	}
	if s.Throttled > 0 || s.Waited > time.Second {
		text += fmt.Sprintf(", throttled %d times", s.Throttled)
	}
	return text
}

func seconds(s float64) string {
	return time.Duration(s * float64(time.Second)).Round(time.Millisecond).String()
}
