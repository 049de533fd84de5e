package azuredevops

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRefusals(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{Projects: 1, WorkItemsPerProject: 3})
	p := s.Projects()[0]
	tests := []struct {
		name, method, path, body string
		status                   int
		// typeKey is of the usual body; message is in either of the two.
		typeKey, message string
	}{
		{name: "unknown resource", method: "GET", path: "/_apis/nothing", status: 404, message: "The controller for path"},
		{name: "no REST", method: "GET", path: "/" + p.Name, status: 404},
		{name: "project resource without project", method: "GET", path: "/_apis/pipelines", status: 404, message: "The controller"},
		{name: "method", method: "DELETE", path: "/_apis/projects", status: 405, message: "http method 'DELETE'"},
		{name: "project", method: "GET", path: "/None/_apis/pipelines", status: 404, typeKey: "ProjectDoesNotExistWithNameException", message: "TF200016"},
		{name: "project by id", method: "GET", path: "/_apis/projects/None", status: 404, typeKey: "ProjectDoesNotExistWithNameException", message: "None"},
		{name: "repository", method: "GET", path: "/_apis/git/repositories/x", status: 404, typeKey: "GitRepositoryNotFoundException", message: "TF401019"},
		{name: "pipeline", method: "GET", path: "/" + p.ID + "/_apis/pipelines/9", status: 404, typeKey: "PipelineNotFoundException", message: "9"},
		{name: "definition", method: "GET", path: "/" + p.ID + "/_apis/build/definitions/9", status: 404, typeKey: "DefinitionNotFoundException", message: "9"},
		{name: "work item", method: "GET", path: "/_apis/wit/workitems/9", status: 404, typeKey: "WorkItemUnauthorizedAccessException", message: "TF401232: Work item 9"},
		{name: "version too new", method: "GET", path: "/_apis/projects?api-version=9.0", status: 400, typeKey: "VssVersionOutOfRangeException", message: "9.0"},
		{name: "version not released", method: "GET", path: "/_apis/projects?api-version=7.2", status: 400, typeKey: "VssInvalidPreviewVersionException", message: "7.2-preview"},
		{name: "preview only", method: "GET", path: "/_apis/connectionData?api-version=7.1", status: 400, typeKey: "VssInvalidPreviewVersionException", message: "7.1-preview"},
		{name: "POST without version", method: "POST", path: "/_apis/wit/wiql?api-version=", body: `{}`, status: 400, typeKey: "VssVersionNotSpecifiedException", message: `"POST" request`},
		{name: "nonsense version", method: "GET", path: "/_apis/projects?api-version=x", status: 400, typeKey: "VssInvalidApiResourceVersionException", message: "x"},
		{name: "raw semicolon", method: "GET", path: "/" + p.ID + "/_apis/pipelines?continuationToken=a;1;1", status: 400, typeKey: "VssPropertyValidationException", message: "semicolon"},
		{name: "nonsense token", method: "GET", path: "/" + p.ID + "/_apis/pipelines?continuationToken=a", status: 400, typeKey: "VssPropertyValidationException", message: "token"},
		{name: "nonsense $top", method: "GET", path: "/_apis/projects?$top=x", status: 400, typeKey: "VssPropertyValidationException", message: "$top"},
		{name: "no JSON", method: "POST", path: "/_apis/wit/wiql", body: `query`, status: 400, typeKey: "VssPropertyValidationException", message: "body"},
		{name: "no query", method: "POST", path: "/_apis/wit/wiql", body: `{}`, status: 400, typeKey: "VssPropertyValidationException", message: "wiql"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := s.send(test.method, test.path, test.body)
			if w.Code != test.status {
				t.Fatalf("status %d, want %d: %s", w.Code, test.status, w.Body)
			}
			if test.message == "" {
				if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
					t.Errorf("not a page: %s", w.Body)
				}
				return
			}
			body := decode(t, w.Body)
			message := body["message"]
			if test.typeKey == "" {
				message = body["value"].(map[string]any)["Message"]
			} else if body["typeKey"] != test.typeKey || body["$id"] != "1" {
				t.Errorf("body %v, want typeKey %s", body, test.typeKey)
			}
			if !strings.Contains(message.(string), test.message) {
				t.Errorf("message %q does not contain %q", message, test.message)
			}
		})
	}
}

func TestOtherOrganization(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{Organization: "contoso"})
	if w := s.send("GET", "/_apis/projects", ""); w.Code != 404 {
		t.Errorf("status %d, want 404", w.Code)
	}
}

func TestConnectionData(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{})
	for _, path := range []string{"/_apis/connectionData", "/_apis/ConnectionData?api-version=7.1-preview.1"} {
		body := s.get(path)
		if body["authenticatedUser"].(map[string]any)["id"] == "" || body["instanceId"] == "" {
			t.Errorf("%s: %v", path, body)
		}
	}
	w := s.send("GET", "/_apis/connectionData", "", "Accept", "application/json; api-version=7.1")
	if w.Code != 400 {
		t.Errorf("a released version in Accept: status %d, want 400", w.Code)
	}
}

func TestByteOrderMark(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{BOM: true})
	for _, path := range []string{"/_apis/projects", "/_apis/wit/workitems/1"} {
		w := s.send("GET", path, "")
		if !bytes.HasPrefix(w.Body.Bytes(), []byte{0xEF, 0xBB, 0xBF, '{'}) {
			t.Errorf("%s: %.20q", path, w.Body)
		}
	}
}

func TestCounters(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{Projects: 1, WorkItemsPerProject: 1})
	id := s.Projects()[0].ID
	s.get("/_apis/projects")
	s.get("/_apis/projects")
	s.get("/" + id + "/_apis/pipelines")
	s.wiql("/_apis/wit/wiql", "SELECT [System.Id] FROM WorkItems")
	s.send(http.MethodPatch, "/_apis/wit/workitems/1", "[]")
	want := map[string]int{
		"GET _apis/projects": 2, "GET {project}/_apis/pipelines": 1, "POST _apis/wit/wiql": 1, "PATCH unknown": 1,
	}
	if diff := cmp.Diff(want, s.Requests()); diff != "" {
		t.Error(diff)
	}
	if s.Writes() != 1 {
		t.Errorf("%d writes, want 1", s.Writes())
	}
	s.Reset()
	if len(s.Requests()) != 0 || s.Writes() != 0 {
		t.Errorf("after Reset: %v, %d", s.Requests(), s.Writes())
	}
}
