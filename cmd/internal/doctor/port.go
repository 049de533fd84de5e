package doctor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"adoport/shared/ingest"
	"adoport/shared/mapping"
	"adoport/shared/nearword"
)

// The checks of Port.
const (
	NamePort       = "Port: credentials"
	NameBlueprints = "Port: blueprints"
	NameFields     = "Port: fields"
)

// Port is what there is to ask of Port.
type Port struct {
	// Blueprints lists those of the organization, as ingest.Catalog does.
	Blueprints func(ctx context.Context) (map[string]ingest.Blueprint, error)
	// Err is why there is no client, nil if there is one.
	Err     error
	BaseURL string
	// Config is the mapping, nil if it cannot be used.
	Config *mapping.Config
	// Known are created where they are missing. Extend says whether they are also
	// given what they lack, as they are for the built-in mapping.
	Known  []ingest.Blueprint
	Extend bool

	have map[string]ingest.Blueprint
}

// Checks asks whether Port lets us in, and has what the mapping writes to.
func (p *Port) Checks() []Check {
	return []Check{
		{Name: NamePort, Ask: p.credentials},
		{Name: NameBlueprints, Needs: []string{NamePort, NameMapping}, Ask: p.blueprints},
		{Name: NameFields, Needs: []string{NamePort, NameMapping}, Ask: p.fields},
	}
}

func (p *Port) credentials(ctx context.Context) Finding {
	if p.Err != nil {
		return failure(ctx, "", p.Err)
	}
	var err error
	p.have, err = p.Blueprints(ctx)
	var refused *ingest.AuthError
	switch {
	case err == nil:
		return fine("accepted by %s%s, which has %s", p.BaseURL, region(p.BaseURL), counted(len(p.have), "blueprint"))
	case errors.As(err, &refused):
		return failure(ctx, "they are not accepted by "+p.BaseURL+region(p.BaseURL), err)
	default:
		return failure(ctx, p.BaseURL, err, "Check PORT_BASE_URL, and that this network reaches it.")
	}
}

// region is that of a base URL (Port's documentation, "Port API", Regions).
func region(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	switch u.Hostname() {
	case "api.port.io", "api.getport.io":
		return " (EU)"
	case "api.us.port.io", "api.us.getport.io":
		return " (US)"
	default:
		return ""
	}
}

// written are the blueprints that the mapping names; static is false if it also
// computes some from the item.
func (p *Port) written() (ids []string, static bool) {
	static = true
	for _, r := range p.Config.Resources {
		names, fixed := r.Blueprints()
		ids = append(ids, names...)
		static = static && fixed
	}
	slices.Sort(ids)
	return slices.Compact(ids), static
}

func (p *Port) blueprints(context.Context) Finding {
	var exist, created, todo []string
	ids, static := p.written()
	for _, id := range ids {
		switch _, there := p.have[id]; {
		case there:
			exist = append(exist, id)
		case p.known(id) != nil:
			created = append(created, id)
		default:
			todo = append(todo, fmt.Sprintf("Create the blueprint %s in Port, or correct the mapping (%s).", id, nearword.Suggestion(id, slices.Sorted(maps.Keys(p.have)))))
		}
	}
	if len(todo) > 0 {
		return fail(fmt.Sprintf("the mapping writes to %s, and %d of them do not exist", counted(len(ids), "blueprint"), len(todo)), todo...)
	}
	var parts []string
	if len(exist) > 0 {
		parts = append(parts, counted(len(exist), "blueprint")+" of the mapping exist")
	}
	if len(created) > 0 {
		parts = append(parts, "the first backfill makes "+strings.Join(created, ", "))
	}
	if !static {
		parts = append(parts, "those that the mapping computes from an item are not checked")
	}
	return fine("%s", strings.Join(parts, "; "))
}

func (p *Port) known(id string) *ingest.Blueprint {
	for i := range p.Known {
		if p.Known[i].Identifier == id {
			return &p.Known[i]
		}
	}
	return nil
}

// later is a blueprint as it will be when entities are written to it. ok is false
// if there will be none.
func (p *Port) later(id string) (b ingest.Blueprint, ok bool) {
	b, ok = p.have[id]
	known := p.known(id)
	switch {
	case known == nil:
		return b, ok
	case !ok:
		return *known, true
	case !p.Extend:
		return b, true
	}
	// What is there stays as it is.
	properties, relations := maps.Clone(known.Schema.Properties), maps.Clone(known.Relations)
	maps.Copy(properties, b.Schema.Properties)
	maps.Copy(relations, b.Relations)
	b.Schema.Properties, b.Relations = properties, relations
	return b, true
}
