// Package truth says what the default catalog of an organization should be, made
// without any code of the product, and finds where a catalog differs from it.
package truth

import (
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"time"

	"github.com/google/go-cmp/cmp"

	"adoport/shared/simulator/azuredevops"
	"adoport/shared/simulator/port"
)

// Catalog holds entities by blueprint and identifier.
type Catalog map[string]map[string]Entity

// Entity is what is compared of an entity, in the form of JSON: null is absent,
// and dates are in one notation.
type Entity struct {
	Title      any
	Properties map[string]any
	Relations  map[string]any
}

// The blueprints of the default catalog.
const (
	project    = "azure_devops_project"
	repository = "azure_devops_repository"
	pipeline   = "azure_devops_pipeline"
	workItem   = "azure_devops_work_item"
)

// Expected is the catalog that an organization should have.
func Expected(organization *azuredevops.Server) Catalog {
	all := Catalog{project: {}, repository: {}, pipeline: {}, workItem: {}}
	for _, p := range organization.Projects() {
		all[project][p.ID] = Entity{p.Name, present(map[string]any{
			"description": orNil(p.Description), "url": p.URL, "visibility": p.Visibility, "last_updated_time": moment(p.LastUpdateTime),
		}), map[string]any{}}
	}
	for _, r := range organization.Repositories() {
		all[repository][r.ID] = Entity{r.Name, present(map[string]any{
			"url": r.URL, "default_branch": orNil(r.DefaultBranch), "is_disabled": r.Disabled,
		}), map[string]any{"project": r.ProjectID}}
	}
	for _, p := range organization.Pipelines() {
		all[pipeline][strconv.Itoa(p.ID)] = Entity{p.Name, map[string]any{"url": p.URL, "revision": strconv.Itoa(p.Revision)}, map[string]any{"project": p.ProjectID}}
	}
	for i := range organization.WorkItems {
		all[workItem][strconv.Itoa(i.ID)] = expectedWorkItem(i)
	}
	return all
}

func expectedWorkItem(i azuredevops.WorkItem) Entity {
	author := i.Fields["System.CreatedBy"]
	if object, ok := author.(map[string]any); ok {
		author = object["displayName"]
	}
	var priority any
	if v, ok := i.Fields["Microsoft.VSTS.Common.Priority"]; ok {
		priority = fmt.Sprint(v)
	}
	return Entity{i.Fields["System.Title"], present(map[string]any{
		"url": i.URL, "revision": strconv.Itoa(i.Rev), "type": i.Fields["System.WorkItemType"], "state": i.Fields["System.State"],
		"created_date": moment(i.Fields["System.CreatedDate"]), "updated_date": moment(i.Fields["System.ChangedDate"]),
		"created_by": author, "priority": priority,
	}), map[string]any{"project": i.ProjectID}}
}

// Actual is what Port has.
func Actual(catalog *port.Server) Catalog {
	all := Catalog{}
	for blueprint := range catalog.Blueprints() {
		all[blueprint] = map[string]Entity{}
		for id, e := range catalog.Entities(blueprint) {
			properties := maps.Clone(e.Properties)
			for name, v := range properties {
				switch v := v.(type) {
				case json.Number:
					properties[name] = v.String()
				case string:
					properties[name] = moment(v)
				}
			}
			all[blueprint][id] = Entity{e.Title, present(properties), present(e.Relations)}
		}
	}
	return all
}

// Difference describes one difference between what Port has and what it should
// have, "" if there is none.
func Difference(organization *azuredevops.Server, catalog *port.Server) string {
	want, got := Expected(organization), Actual(catalog)
	for blueprint := range want {
		for id, e := range want[blueprint] {
			if _, ok := got[blueprint][id]; !ok {
				return fmt.Sprintf("%s/%s is missing", blueprint, id)
			}
			if diff := cmp.Diff(e, got[blueprint][id]); diff != "" {
				return fmt.Sprintf("%s/%s (-want +got)\n%s", blueprint, id, diff)
			}
		}
		for id := range got[blueprint] {
			if _, ok := want[blueprint][id]; !ok {
				return fmt.Sprintf("%s/%s should not be there", blueprint, id)
			}
		}
	}
	return ""
}

func present(values map[string]any) map[string]any {
	kept := map[string]any{}
	for k, v := range values {
		if v != nil {
			kept[k] = v
		}
	}
	return kept
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// moment writes a date in one notation; other values stay.
func moment(v any) any {
	s, ok := v.(string)
	if !ok {
		return v
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC().Truncate(time.Millisecond).Format(time.RFC3339Nano)
		}
	}
	return s
}
