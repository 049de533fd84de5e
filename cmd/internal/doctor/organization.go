package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"adoport/shared/azuredevops"
	"adoport/shared/ingest"
	"adoport/shared/kind"
)

// The checks of Azure DevOps.
const (
	NameCredentials = "Azure DevOps: credentials"
	NameProjects    = "Azure DevOps: projects"
	NameCode        = "Azure DevOps: code"
	NamePipelines   = "Azure DevOps: pipelines"
	NameWorkItems   = "Azure DevOps: work items"
	NameHooks       = "Azure DevOps: service hooks"
)

// Organization is what there is to ask of Azure DevOps.
type Organization struct {
	Client *azuredevops.Client
	// Err is why there is no Client, nil if there is one.
	Err error
	// Kinds are those that are mapped, none if the mapping cannot be used.
	Kinds []string
	// Token is where the personal access token is, or should be, for people.
	Token string

	// project is one that can be read; found by the check of the projects.
	project ingest.Project
}

// Checks asks for what the mapped kinds need.
func (o *Organization) Checks() []Check {
	checks := []Check{
		{Name: NameCredentials, Ask: o.credentials},
		{Name: NameProjects, Needs: []string{NameCredentials}, Ask: o.projects},
	}
	for _, c := range []struct {
		kind string
		Check
	}{
		{"repository", Check{Name: NameCode, Needs: []string{NameMapping, NameCredentials}, Ask: o.code}},
		{"pipeline", Check{Name: NamePipelines, Needs: []string{NameMapping, NameProjects}, Ask: o.pipelines}},
		{"work-item", Check{Name: NameWorkItems, Needs: []string{NameMapping, NameProjects}, Ask: o.workItems}},
	} {
		if len(o.Kinds) == 0 || slices.Contains(o.Kinds, c.kind) {
			checks = append(checks, c.Check)
		}
	}
	return checks
}

// publicAccess begins the descriptor of who has no accepted credentials. An
// organization with public projects answers them 200, whatever the token (seen at
// organizations with public projects; Microsoft does not document it).
const publicAccess = "System:PublicAccess;"

// credentials asks who we are, which needs no scope and no permission.
func (o *Organization) credentials(ctx context.Context) Finding {
	if o.Err != nil {
		return failure(ctx, "", o.Err)
	}
	var answer struct {
		AuthenticatedUser struct {
			Descriptor          string `json:"descriptor"`
			ProviderDisplayName string `json:"providerDisplayName"`
			Properties          struct {
				Account struct {
					Value string `json:"$value"`
				}
			} `json:"properties"`
		} `json:"authenticatedUser"`
	}
	request := azuredevops.Request{Path: []string{"_apis", "connectionData"}, Version: "7.1-preview"}
	_, err := o.Client.Do(ctx, request, &answer)
	url := o.Client.Organization().URL
	me := answer.AuthenticatedUser
	switch {
	case err == nil && strings.HasPrefix(me.Descriptor, publicAccess):
		return fail("they are not accepted: "+url+" takes us for an anonymous visitor", o.renew())
	case err == nil && me.Properties.Account.Value != "" && me.Properties.Account.Value != me.ProviderDisplayName:
		return fine("%s (%s) in %s", me.ProviderDisplayName, me.Properties.Account.Value, url)
	case err == nil:
		return fine("%s in %s", me.ProviderDisplayName, url)
	case azuredevops.IsGone(err):
		return failure(ctx, "", err, "Is the name of the organization right? Check AZURE_DEVOPS_ORG_URL or AZURE_DEVOPS_ORG_ID.")
	case isRefusal(err):
		detail, _ := explain(ctx, err)
		return fail("they are not accepted: "+detail, o.renew(),
			"Without a token an Entra identity is used: sign in with az login, or assign an identity to the app, and add it to the organization as a user.")
	default:
		return failure(ctx, "", err, "Check the URL of the organization, and that this network reaches it.")
	}
}

// renew says how to get credentials that are accepted.
func (o *Organization) renew() string {
	return fmt.Sprintf("Make a personal access token for %s with the scopes Project and Team, Code, Build, Work Items (read each), and put it in %s.", o.Client.Organization().URL, o.Token)
}

func (o *Organization) projects(ctx context.Context) Finding {
	all, err := kind.NewOrganization(o.Client).Projects(ctx)
	if err != nil {
		return o.refused(ctx, "the projects cannot be listed", err, "Project and Team: read")
	}
	readable := slices.DeleteFunc(slices.Clone(all), func(p ingest.Project) bool { return !p.Readable() })
	if len(readable) == 0 {
		return fail("no project is visible",
			"Make the identity a member of Readers in every project that is to be ingested.",
			"A personal access token needs the scope Project and Team: read.")
	}
	o.project = readable[0]
	if others := len(all) - len(readable); others > 0 {
		return fine("%s can be read, %d more are being made or changed", counted(len(readable), "project"), others)
	}
	return fine("%s can be read", counted(len(readable), "project"))
}

// refused is the finding for something that cannot be read although our
// credentials are accepted. A token without the scope is answered 401, an
// identity without the permission 403 or, where even the existence is hidden,
// 404.
func (o *Organization) refused(ctx context.Context, what string, err error, scope string) Finding {
	if !isRefusal(err) && !azuredevops.IsGone(err) {
		return failure(ctx, what, err)
	}
	detail, _ := explain(ctx, err)
	return fail(what+": "+detail,
		"A personal access token needs the scope "+scope+".",
		"The identity must be a member of Readers in the project, or have the permission in another way, and at least Basic access.")
}

// isRefusal reports whether Azure DevOps does not let us.
func isRefusal(err error) bool {
	_, unauthorized := errors.AsType[*ingest.AuthError](err)
	return unauthorized || azuredevops.IsForbidden(err) || azuredevops.StatusOf(err) == http.StatusUnauthorized
}
