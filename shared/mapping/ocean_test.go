package mapping

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const workItem = `{
 "id": 42, "rev": 3, "url": "https://dev.azure.com/fabrikam/_apis/wit/workItems/42",
 "fields": {
  "System.Title": "Fix the door", "System.WorkItemType": "User Story", "System.State": "Active",
  "System.Reason": "New", "System.BoardColumn": "In Review", "System.CreatedBy": {"displayName": "Ada Example"},
  "System.ChangedBy": {"displayName": "Ada Example"}, "System.CreatedDate": "2024-03-01T12:00:00.123Z",
  "System.ChangedDate": "2024-03-02T12:00:00Z", "Microsoft.VSTS.Common.Priority": 2
 },
 "__projectId": "p1", "__project": {"id": "p1", "name": "Doors"}
}`

func load(t testing.TB, file string) *Config {
	t.Helper()
	data, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Load(file, data, testKinds)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestOceanDefault loads the mapping that users of Port's integration start
// from.
func TestOceanDefault(t *testing.T) {
	t.Parallel()
	c := load(t, "ocean-default.yaml")
	if !c.CreateMissingRelated || !c.Merge {
		t.Errorf("switches: %+v", c)
	}
	if diff := cmp.Diff([]string{
		"deleteDependentEntities has no effect: dependents of a deleted entity are never deleted with it.",
		"useDefaultBranch has no effect: port.yml files in repositories are not read.",
	}, c.Notices); diff != "" {
		t.Errorf("notices (-want +got):\n%s", diff)
	}
	items := []string{
		`{"id": "p 1", "name": "Doors", "state": "wellFormed", "revision": 7, "visibility": "private", "defaultTeam": {"name": "Doors Team"}, "url": "https://dev.azure.com/fabrikam/_apis/projects/p1"}`,
		`{"id": "r1", "name": "door", "remoteUrl": "https://x/_git/door", "project": {"id": "p 1"}, "__includedFiles": {"README.md": "# Door"}}`,
		`{"id": 9, "name": "build", "revision": 2, "folder": "\\", "_links": {"web": {"href": "https://x/9"}}, "__projectId": "p1"}`,
		workItem,
	}
	wants := []string{
		`[{"blueprint": "azureDevopsProject", "identifier": "p1", "meta": {"title": "Doors"}, "properties": {"state": "wellFormed", "revision": 7, "visibility": "private", "defaultTeam": "Doors Team", "link": "https://dev.azure.com/fabrikam/p1"}}]`,
		`[{"blueprint": "azureDevopsRepository", "identifier": "r1", "meta": {"title": "door"}, "properties": {"url": "https://x/_git/door", "readme": "# Door", "codeowners": null}, "relations": {"project": "p1"}}]`,
		`[{"blueprint": "azureDevopsPipeline", "identifier": "p1/9", "meta": {"title": "build"}, "properties": {"url": "https://x/9", "revision": 2, "folder": "\\"}, "relations": {"project": "p1", "repository": null}}]`,
		`[{"blueprint": "azureDevopsWorkItem", "identifier": "p1/42", "meta": {"title": "Fix the door"}, "properties": {"type": "User Story", "state": "Active", "effort": -1, "description": "", "link": "https://dev.azure.com/fabrikam/_apis/wit/workItems/42", "reason": "New", "createdBy": "Ada Example", "changedBy": "Ada Example", "createdDate": "2024-03-01T12:00:00.123Z", "changedDate": "2024-03-02T12:00:00Z"}, "relations": {"project": "p1", "column": "UserStory-InReview-p1"}}]`,
	}
	for i, r := range c.Resources {
		result := r.Map(t.Context(), decode(t, items[i]))
		if len(result.Failures) > 0 || result.Skipped > 0 {
			t.Errorf("%s: %+v", r.Kind, result)
		}
		if diff := cmp.Diff(decodeAny(t, wants[i]), decodeAny(t, plainEntities(t, result.Entities))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", r.Kind, diff)
		}
	}
}

func TestOceanDefaultResources(t *testing.T) {
	t.Parallel()
	type facts struct {
		Kind, Position               string
		Options                      map[string]any
		Blueprints, Fields, OnDemand []string
	}
	var got []facts
	for _, r := range load(t, "ocean-default.yaml").Resources[:3] {
		ids, static := r.Blueprints()
		if !static {
			t.Errorf("%s: blueprint is not static", r.Kind)
		}
		got = append(got, facts{r.Kind, r.Position(), r.Options, ids, r.Fields(), r.OnDemand()})
	}
	want := []facts{
		{
			"project", "ocean-default.yaml:6:5",
			map[string]any{"defaultTeam": true},
			[]string{"azureDevopsProject"},
			[]string{"properties.defaultTeam", "properties.link", "properties.revision", "properties.state", "properties.visibility", "title"},
			[]string{"defaultTeam"},
		},
		{
			"repository", "ocean-default.yaml:22:5",
			map[string]any{"includedFiles": []string{"README.md", "CODEOWNERS"}},
			[]string{"azureDevopsRepository"},
			[]string{"properties.codeowners", "properties.readme", "properties.url", "relations.project", "title"},
			[]string{"__includedFiles"},
		},
		{
			"pipeline", "ocean-default.yaml:40:5",
			map[string]any{"includeRepo": true},
			[]string{"azureDevopsPipeline"},
			[]string{"properties.folder", "properties.revision", "properties.url", "relations.project", "relations.repository", "title"},
			[]string{"__repository"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
