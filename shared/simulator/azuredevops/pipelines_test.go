package azuredevops

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pages reads all pages of a list, escaping tokens, and returns items and how
// many pages there were.
func (s testServer) pages(path string) (list []map[string]any, pages int) {
	s.t.Helper()
	for token := ""; ; {
		w := s.send("GET", path+"&continuationToken="+url.QueryEscape(token), "")
		list = append(list, values(s.t, s.decoded(w, 200))...)
		pages++
		if token = w.Header().Get("x-ms-continuationtoken"); token == "" {
			return list, pages
		}
		if strings.Count(token, ";") != 2 {
			s.t.Errorf("token %q should hold semicolons", token)
		}
	}
}

func TestPipelinePages(t *testing.T) {
	t.Parallel()
	for _, count := range []int{0, 1, 100, 101, 1001} {
		t.Run(strconv.Itoa(count), func(t *testing.T) {
			t.Parallel()
			s := newTestServer(t, Options{Projects: 2, RepositoriesPerProject: 3, PipelinesPerProject: count, Nasty: true})
			var want []Pipeline
			id := s.Projects()[1].ID
			for _, l := range s.Pipelines() {
				if l.ProjectID == id {
					l.URL = strings.Replace(l.URL, "https://dev.azure.com", "http://devops.test", 1)
					l.File, l.Repository, l.ProjectName = "", "", ""
					want = append(want, l)
				}
			}
			for _, resource := range []string{"pipelines", "build/definitions"} {
				list, pages := s.pages("/" + id + "/_apis/" + resource + "?$top=100")
				if n := max((count+99)/100, 1); pages != n {
					t.Errorf("%s: %d pages, want %d", resource, pages, n)
				}
				var got []Pipeline
				for i, l := range list {
					seen := Pipeline{
						ID: integer(t, l["id"]), Revision: integer(t, l["revision"]), Name: l["name"].(string), ProjectID: id,
					}
					if resource == "pipelines" {
						seen.Folder, seen.URL = l["folder"].(string), l["url"].(string)
					} else {
						seen.Folder, seen.URL = l["path"].(string), want[i].URL
					}
					got = append(got, seen)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s: %s", resource, diff)
				}
			}
		})
	}
}

func TestPipelineShapes(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{Projects: 1, RepositoriesPerProject: 2, PipelinesPerProject: 5, Nasty: true})
	p := s.Projects()[0]
	var yaml, classic, github int
	for _, l := range values(t, s.get("/"+p.ID+"/_apis/pipelines")) {
		if _, ok := l["configuration"]; ok {
			t.Error("the list gives configuration")
		}
		if want := fmt.Sprintf("?revision=%d", integer(t, l["revision"])); !strings.HasSuffix(l["url"].(string), want) {
			t.Errorf("url %v should end in %s", l["url"], want)
		}
		id := l["id"].(fmt.Stringer).String()
		configuration := s.get("/" + p.ID + "/_apis/pipelines/" + id)["configuration"].(map[string]any)
		definition := s.get("/" + p.ID + "/_apis/build/definitions/" + id)
		repository, _ := configuration["repository"].(map[string]any)
		process := definition["process"].(map[string]any)
		switch {
		case configuration["type"] == "designerJson":
			classic++
			if integer(t, process["type"]) != 1 {
				t.Errorf("classic process %v", process)
			}
			continue
		case repository["type"] == "gitHub":
			github++
		default:
			yaml++
			if repository["id"] != definition["repository"].(map[string]any)["id"] {
				t.Errorf("repositories differ: %v, %v", repository, definition["repository"])
			}
		}
		if process["yamlFilename"] != configuration["path"] || integer(t, process["type"]) != 2 {
			t.Errorf("process %v, configuration %v", process, configuration)
		}
	}
	if yaml == 0 || classic == 0 || github == 0 {
		t.Errorf("%d YAML, %d classic, %d on GitHub; want some of each", yaml, classic, github)
	}
}

func TestDefinitionProperties(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{Projects: 1, RepositoriesPerProject: 1, PipelinesPerProject: 3})
	path := "/" + s.Projects()[0].ID + "/_apis/build/definitions"
	for _, d := range values(t, s.get(path)) {
		if d["repository"] != nil || d["process"] != nil {
			t.Errorf("the short list gives %v", d)
		}
	}
	for _, d := range values(t, s.get(path+"?includeAllProperties=true")) {
		if d["repository"] == nil || d["process"] == nil {
			t.Errorf("the full list gives %v", d)
		}
		if diff := cmp.Diff(s.get(path+"/"+d["id"].(fmt.Stringer).String()), d); diff != "" {
			t.Errorf("list and read differ: %s", diff)
		}
	}
	if got := values(t, s.get(path+"?definitionIds=1,3")); len(got) != 2 {
		t.Errorf("%d definitions by id, want 2", len(got))
	}
}
