package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"

	"adoport/shared/azuredevops"
	"adoport/shared/servicehook"
	"adoport/shared/servicehook/hooks"
)

// code lists the repositories of the organization, as a backfill does.
func (o *Organization) code(ctx context.Context) Finding {
	list := azuredevops.List{
		Request: azuredevops.Request{Path: []string{"_apis", "git", "repositories"}}, Paging: azuredevops.Unpaged,
	}
	page, err := azuredevops.ReadPage[json.RawMessage](ctx, o.Client, list, "")
	switch {
	case err != nil:
		return o.refused(ctx, "the repositories cannot be listed", err, "Code: read")
	case len(page.Items) == 0:
		return warn("no repository is visible", "If there are any: the identity must be a member of Readers in their projects, and have at least Basic access.")
	case len(page.Items) == 1:
		return fine("1 repository can be read")
	default:
		return fine("%d repositories can be read", len(page.Items))
	}
}

// pipelines lists one pipeline of one project.
func (o *Organization) pipelines(ctx context.Context) Finding {
	list := azuredevops.List{Request: azuredevops.Request{Path: []string{o.project.ID, "_apis", "pipelines"}}, Top: 1}
	page, err := azuredevops.ReadPage[json.RawMessage](ctx, o.Client, list, "")
	switch {
	case err != nil:
		return o.refused(ctx, "the pipelines of project "+o.project.Name+" cannot be listed", err, "Build: read")
	case len(page.Items) == 0:
		return fine("they can be read; project %s has none", o.project.Name)
	default:
		return fine("they can be read in project %s", o.project.Name)
	}
}

// workItems looks for one work item of one project.
func (o *Organization) workItems(ctx context.Context) Finding {
	var answer struct {
		WorkItems *[]struct{} `json:"workItems"`
	}
	_, err := o.Client.Do(ctx, azuredevops.Request{
		Path:  []string{o.project.ID, "_apis", "wit", "wiql"},
		Query: url.Values{"$top": {"1"}},
		Body:  map[string]string{"query": "SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = " + azuredevops.Quote(o.project.Name)},
	}, &answer)
	if err == nil && answer.WorkItems == nil {
		err = errors.New("the answer to the WIQL query has no workItems")
	}
	switch {
	case err != nil:
		return o.refused(ctx, "the work items of project "+o.project.Name+" cannot be queried", err, "Work Items: read")
	case len(*answer.WorkItems) == 0:
		return fine("they can be queried; none is visible in project %s", o.project.Name)
	default:
		return fine("they can be read in project %s", o.project.Name)
	}
}

// HooksCheck asks whether subscriptions to service hooks can be read. Whether they
// can be made is not asked, for that would make one.
func (o *Organization) HooksCheck() Check {
	return Check{Name: NameHooks, Needs: []string{NameMapping, NameCredentials}, Ask: func(ctx context.Context) Finding {
		events := servicehook.Events()
		i := slices.IndexFunc(events, func(e servicehook.EventType) bool { return slices.Contains(o.Kinds, e.Kind()) })
		if i < 0 {
			return skip("no event tells about the mapped kinds")
		}
		// Of one type of event: the list of all times out in large organizations.
		_, err := hooks.New(o.Client).List(ctx, events[i].Publisher, events[i].ID)
		if err == nil {
			return fine("the subscriptions can be read; making them is not tried")
		}
		if !isRefusal(err) {
			return failure(ctx, "the subscriptions cannot be read", err)
		}
		detail, _ := explain(ctx, err)
		return fail("the subscriptions cannot be read: "+detail,
			"The identity needs the permissions View and Edit Subscriptions. Project administrators have and can grant them in a project, project collection administrators for all of them.",
			`Microsoft Learn, "View permissions for service hooks", says how; a personal access token needs the scopes Work Items, Build and Code: read.`)
	}}
}
