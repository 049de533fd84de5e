package ingest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Report is a run as people and programs look at it.
type Report struct {
	Run        string       `json:"run"`
	Status     Status       `json:"status"`
	Reason     string       `json:"reason,omitempty"`
	StartedAt  time.Time    `json:"startedAt"`
	FinishedAt time.Time    `json:"finishedAt,omitzero"`
	Kinds      []KindReport `json:"kinds"`
	// Blueprints are in the order of their names.
	Blueprints []BlueprintReport `json:"blueprints"`
	// Failures are the scopes that could not be read, and samples of the items
	// and entities that failed.
	Failures []Sample `json:"failures"`
}

// KindReport is what was read of a kind.
type KindReport struct {
	Kind         string `json:"kind"`
	Scopes       int    `json:"scopes"`
	ScopesFailed int    `json:"scopesFailed"`
	Read         int    `json:"read"`
	Skipped      int    `json:"skipped"`
	// Unmapped items failed to tell which entity they are.
	Unmapped int `json:"unmapped"`
	// Nulled counts expressions that failed and were set to null.
	Nulled int `json:"nulled"`
}

// BlueprintReport is what became of a blueprint's entities.
type BlueprintReport struct {
	Blueprint string `json:"blueprint"`
	Created   int    `json:"created"`
	Updated   int    `json:"updated"`
	Unchanged int    `json:"unchanged"`
	Deleted   int    `json:"deleted"`
	Failed    int    `json:"failed"`
	// PruneSkipped is why nothing was deleted that may be gone, "" if all was.
	PruneSkipped string `json:"pruneSkipped,omitempty"`
}

// Report adds up what the ledger knows of a run. ErrNotFound if there is none.
func (e *Engine) Report(ctx context.Context, id string) (Report, error) {
	run, err := e.o.Ledger.Run(ctx, id)
	if err != nil {
		return Report{}, fmt.Errorf("reading run %s: %w", id, err)
	}
	r := reportBuilder{engine: e, kinds: map[string]*KindReport{}, blueprints: map[string]*BlueprintReport{}}
	for _, id := range run.Sources {
		r.kind(id)
	}
	for _, s := range run.Skipped {
		k := r.kind(s.Source)
		k.Scopes++
		k.ScopesFailed++
		r.failures = append(r.failures, Sample{Item: k.Kind + " of " + s.Scope.String(), Error: s.Reason})
	}
	for page, err := range e.o.Ledger.Pages(ctx, id) {
		if err != nil {
			return Report{}, fmt.Errorf("reading the pages of run %s: %w", id, err)
		}
		r.page(page)
	}
	prunes, err := e.o.Ledger.Prunes(ctx, id)
	if err != nil {
		return Report{}, fmt.Errorf("reading the prunes of run %s: %w", id, err)
	}
	for _, p := range prunes {
		r.prune(p)
	}
	return r.report(run), nil
}

type reportBuilder struct {
	engine     *Engine
	kinds      map[string]*KindReport
	blueprints map[string]*BlueprintReport
	failures   []Sample
}

func (r *reportBuilder) kind(source string) *KindReport {
	name := source
	if s, ok := r.engine.sources[source]; ok {
		name = s.Kind
	}
	if r.kinds[name] == nil {
		r.kinds[name] = &KindReport{Kind: name}
	}
	return r.kinds[name]
}

func (r *reportBuilder) blueprint(id string) *BlueprintReport {
	if r.blueprints[id] == nil {
		r.blueprints[id] = &BlueprintReport{Blueprint: id}
	}
	return r.blueprints[id]
}

func (r *reportBuilder) page(p Page) {
	k := r.kind(p.Source)
	if p.Number == 0 {
		k.Scopes++
	}
	if p.Error != "" {
		k.ScopesFailed++
		r.failures = append(r.failures, Sample{Item: k.Kind, Error: p.Error})
	}
	k.Unmapped += p.Unmapped
	for id, c := range p.Counts {
		if id == "" {
			k.Read += c.Read
			k.Skipped += c.Skipped
			k.Nulled += c.Nulled
			continue
		}
		b := r.blueprint(id)
		b.Created += c.Created
		b.Updated += c.Updated
		b.Unchanged += c.Unchanged
		b.Failed += c.Failed
	}
	r.failures = append(r.failures, p.Samples...)
}

func (r *reportBuilder) prune(p PruneOutcome) {
	b := r.blueprint(p.Blueprint)
	b.Deleted += p.Deleted
	b.Failed += p.Failed
	b.PruneSkipped = p.Skipped
	r.failures = append(r.failures, p.Samples...)
}

func (r *reportBuilder) report(run Run) Report {
	out := Report{
		Run: run.ID, Status: run.Status, Reason: run.Reason, StartedAt: run.StartedAt, FinishedAt: run.FinishedAt,
		Kinds: []KindReport{}, Blueprints: []BlueprintReport{}, Failures: []Sample{},
	}
	for _, k := range r.kinds {
		out.Kinds = append(out.Kinds, *k)
	}
	for _, b := range r.blueprints {
		out.Blueprints = append(out.Blueprints, *b)
	}
	slices.SortFunc(out.Kinds, func(a, b KindReport) int { return strings.Compare(a.Kind, b.Kind) })
	slices.SortFunc(out.Blueprints, func(a, b BlueprintReport) int { return strings.Compare(a.Blueprint, b.Blueprint) })
	slices.SortFunc(r.failures, func(a, b Sample) int {
		return strings.Compare(a.Item+"\x00"+a.Where+"\x00"+a.Error, b.Item+"\x00"+b.Where+"\x00"+b.Error)
	})
	out.Failures = append(out.Failures, r.failures...)
	return out
}

// verdict says how a run ends whose tasks are all done.
func (r Report) verdict() (Status, string) {
	var reasons []string
	add := func(n int, what string) {
		if n > 0 {
			reasons = append(reasons, fmt.Sprintf("%d %s", n, what))
		}
	}
	scopes, unmapped, failed, prunes := 0, 0, 0, 0
	for _, k := range r.Kinds {
		scopes += k.ScopesFailed
		unmapped += k.Unmapped
	}
	for _, b := range r.Blueprints {
		failed += b.Failed
		if b.PruneSkipped != "" {
			prunes++
		}
	}
	add(scopes, "scopes could not be read")
	add(unmapped, "items could not be mapped")
	add(failed, "entities failed")
	add(prunes, "blueprints were not pruned")
	if len(reasons) == 0 {
		return Complete, ""
	}
	return Incomplete, strings.Join(reasons, ", ")
}
