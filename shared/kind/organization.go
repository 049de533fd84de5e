package kind

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"sync"

	"adoport/shared/azuredevops"
	"adoport/shared/ingest"
)

// projectsTop is the page size of the list of projects.
const projectsTop = 500

// projectKeys are the fields of a project in the list of projects (REST
// reference, Core, Projects, List). A project that was read alone has more; it is
// cut down to these, so that __project is the same however it was read.
var projectKeys = []string{"id", "name", "description", "url", "state", "revision", "visibility", "lastUpdateTime", "abbreviation", "defaultTeamImageUrl"}

// Organization reads an Azure DevOps organization for all kinds. It remembers
// the projects, which nearly every kind needs, and is safe for concurrent use.
type Organization struct {
	client *azuredevops.Client

	mu       sync.RWMutex
	projects map[string]map[string]any // by ID and by name
}

// NewOrganization returns a reader of the client's organization.
func NewOrganization(c *azuredevops.Client) *Organization {
	return &Organization{client: c, projects: map[string]map[string]any{}}
}

// Projects lists the projects that the credentials see, and forgets those that
// it knew before. It implements ingest.Projects. Those that can be read come
// first, then those that are being made: they are in another list, and what is
// not in either is gone.
func (o *Organization) Projects(ctx context.Context) ([]ingest.Project, error) {
	listed, err := o.list(ctx, "wellFormed")
	if err != nil {
		return nil, err
	}
	known := map[string]map[string]any{}
	for _, p := range listed {
		index(known, p)
	}
	unready, err := o.unready(ctx, known)
	if err != nil {
		return nil, err
	}
	o.mu.Lock()
	o.projects = known
	o.mu.Unlock()
	var projects []ingest.Project
	for _, p := range slices.Concat(listed, unready) {
		projects = append(projects, ingest.Project{ID: text(p, "id"), Name: text(p, "name"), State: text(p, "state")})
	}
	return projects, nil
}

// unready lists the projects that are there and are not known: those in a state
// in which they cannot be read. A service that has no such list has none.
func (o *Organization) unready(ctx context.Context, known map[string]map[string]any) ([]map[string]any, error) {
	all, err := o.list(ctx, "all")
	if status := azuredevops.StatusOf(err); status == 400 || status == 404 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(p map[string]any) bool {
		_, listed := known[text(p, "id")]
		state := text(p, "state")
		return listed || state == "deleting" || state == "deleted" || ingest.Project{State: state}.Readable()
	}), nil
}

// list lists the projects of a state filter (REST reference, Core, Projects,
// List).
func (o *Organization) list(ctx context.Context, filter string) ([]map[string]any, error) {
	var projects []map[string]any
	for cursor, more := "", true; more; more = cursor != "" {
		page, err := o.projectsPage(ctx, filter, cursor)
		if err != nil {
			return nil, err
		}
		projects, cursor = append(projects, page.Items...), page.Next
	}
	return projects, nil
}

func (o *Organization) projectsPage(ctx context.Context, filter, cursor string) (azuredevops.Page[map[string]any], error) {
	page, err := o.readPage(ctx, azuredevops.List{
		Request: azuredevops.Request{
			Path:  []string{"_apis", "projects"},
			Query: url.Values{"stateFilter": {filter}},
		},
		Top: projectsTop,
	}, cursor)
	if err == nil {
		return page, nil
	}
	if azuredevops.IsGone(err) {
		err = fmt.Errorf("%w\nIs the name of the organization right? Check AZURE_DEVOPS_ORG_ID or AZURE_DEVOPS_ORG_URL", err)
	}
	return page, fmt.Errorf("listing the projects: %w", err)
}

func (o *Organization) remember(project map[string]any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	index(o.projects, project)
}

// index makes a project findable by its ID and by its name.
func index(projects map[string]map[string]any, project map[string]any) {
	p := reduceProject(project)
	projects[text(p, "id")] = p
	projects["name:"+text(p, "name")] = p
}

// reduceProject cuts a project down to what the list of projects has.
func reduceProject(project map[string]any) map[string]any {
	p := make(map[string]any, len(projectKeys))
	for _, key := range projectKeys {
		if v, ok := project[key]; ok {
			p[key] = v
		}
	}
	return p
}

// project returns a project by its ID. ErrNotFound if there is none.
func (o *Organization) project(ctx context.Context, id string) (map[string]any, error) {
	return o.lookUp(ctx, id, id)
}

// projectNamed returns a project by its name.
func (o *Organization) projectNamed(ctx context.Context, name string) (map[string]any, error) {
	return o.lookUp(ctx, "name:"+name, name)
}

func (o *Organization) lookUp(ctx context.Context, key, segment string) (map[string]any, error) {
	o.mu.RLock()
	p, ok := o.projects[key]
	o.mu.RUnlock()
	if ok {
		return p, nil
	}
	fresh, err := o.readProject(ctx, segment)
	if err != nil {
		return nil, err
	}
	o.remember(fresh)
	return reduceProject(fresh), nil
}

// remembered returns a project by its ID if it was read before, else nil.
func (o *Organization) remembered(id string) map[string]any {
	o.mu.RLock()
	defer o.mu.RUnlock()
	return o.projects[id]
}

// readProject reads one project by its ID or name, with all that the service
// says of it.
func (o *Organization) readProject(ctx context.Context, segment string) (map[string]any, error) {
	p, err := o.readObject(ctx, "_apis", "projects", segment)
	if azuredevops.IsGone(err) {
		return nil, fmt.Errorf("project %q: %w", segment, ingest.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("reading project %q: %w", segment, err)
	}
	return p, nil
}

// readPage reads one page of a list. An element that is no object is an error:
// left out, it would seem to be deleted.
func (o *Organization) readPage(ctx context.Context, l azuredevops.List, cursor string) (azuredevops.Page[map[string]any], error) {
	page, err := azuredevops.ReadPage[map[string]any](ctx, o.client, l, cursor)
	if err == nil && slices.ContainsFunc(page.Items, func(v map[string]any) bool { return v == nil }) {
		err = errors.New("the list has an element that is null")
	}
	return page, err
}

// readObject reads one resource. An answer that is no resource is an error.
func (o *Organization) readObject(ctx context.Context, path ...string) (map[string]any, error) {
	var value map[string]any
	if _, err := o.client.Do(ctx, azuredevops.Request{Path: path}, &value); err != nil {
		return nil, err
	}
	if value["id"] == nil {
		return nil, errors.New("the answer has no id")
	}
	return value, nil
}

// enrich adds what every item has beside its own fields. __project is a copy: an
// item belongs to one goroutine, whose jq programs may write into it.
func (o *Organization) enrich(item, project map[string]any) {
	organization := o.client.Organization()
	item["__organizationUrl"] = organization.URL
	item["__organizationName"] = organization.Name
	if project != nil {
		item["__projectId"] = project["id"]
		item["__project"] = maps.Clone(project)
	}
}
