package azuredevops

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func (s testServer) batch(path string, body map[string]any) []map[string]any {
	s.t.Helper()
	return values(s.t, s.decoded(s.send("POST", path, encode(body)), 200))
}

func idRange(from, to int) []int {
	var ids []int
	for id := from; id <= to; id++ {
		ids = append(ids, id)
	}
	return ids
}

func TestBatch(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{Projects: 2, WorkItemsPerProject: 200})
	check(t, s.DeleteWorkItem(3))
	got := s.batch("/_apis/wit/workitemsbatch", map[string]any{"ids": []int{5, 3, 1, 999}, "errorPolicy": "omit"})
	if len(got) != 4 || got[1] != nil || got[3] != nil || integer(t, got[0]["id"]) != 5 || integer(t, got[2]["id"]) != 1 {
		t.Errorf("nulls are not where they belong: %v", got)
	}
	body := s.decoded(s.send("POST", "/_apis/wit/workitemsbatch", `{"ids":[5,3]}`), 404)
	if !strings.HasPrefix(body["message"].(string), "TF401232: Work item 3 ") {
		t.Errorf("without errorPolicy: %v", body)
	}
	if got := s.batch("/_apis/wit/workitemsbatch", map[string]any{"ids": idRange(101, 300)}); len(got) != 200 {
		t.Errorf("%d work items, want 200", len(got))
	}
	got = s.batch("/"+s.Projects()[0].ID+"/_apis/wit/workitemsbatch", map[string]any{"ids": []int{1, 2}, "errorPolicy": "Omit"})
	if got[0] == nil || got[1] != nil {
		t.Errorf("a work item of another project: %v", got)
	}
	refused := []struct{ body, message string }{
		{encode(map[string]any{"ids": idRange(1, 201)}), "VS403474"},
		{`{"ids":[]}`, "ids"},
		{`{"ids":[1],"fields":["System.Id"],"$expand":"all"}`, "The expand parameter can not be used with the fields parameter."},
		{`{"ids":[1],"fields":["System.Nope"]}`, "TF51535: Cannot find field System.Nope."},
		{`{"ids":[1],"$expand":"everything"}`, "$expand"},
		{`{"ids":["x"]}`, "body"},
	}
	for _, test := range refused {
		body := s.decoded(s.send("POST", "/_apis/wit/workitemsbatch", test.body), 400)
		if !strings.Contains(body["message"].(string), test.message) {
			t.Errorf("%s: %v", test.body, body["message"])
		}
	}
}

func TestBatchFields(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{Projects: 1, WorkItemsPerProject: 50})
	got := s.batch("/_apis/wit/workitemsbatch", map[string]any{
		"ids": idRange(1, 50), "fields": []string{"system.title", "Microsoft.VSTS.Common.Priority", "System.Title"}, "$expand": "None",
	})
	var without int
	for _, w := range got {
		fields := w["fields"].(map[string]any)
		if fields["System.Title"] == nil || fields["System.Id"] != nil {
			t.Errorf("fields %v", fields)
		}
		if _, ok := fields["Microsoft.VSTS.Common.Priority"]; !ok {
			without++
		}
	}
	if without == 0 || without == 50 {
		t.Errorf("%d of 50 without priority", without)
	}
}

func TestSingleAndList(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{Projects: 2, WorkItemsPerProject: 30})
	p := s.Projects()[0]
	listed := values(t, s.get("/_apis/wit/workitems?ids=1,%203"))
	if len(listed) != 2 || listed[0]["_links"] != nil || listed[0]["relations"] != nil {
		t.Fatalf("list: %v", listed)
	}
	one := s.get("/" + p.ID + "/_apis/wit/workItems/1")
	if one["_links"] == nil {
		t.Error("a single one has no _links")
	}
	if diff := cmp.Diff(listed[0]["fields"], one["fields"]); diff != "" {
		t.Error(diff)
	}
	if fields := s.get("/_apis/wit/workitems/1?fields=System.State")["fields"].(map[string]any); len(fields) != 1 {
		t.Errorf("fields %v, want one", fields)
	}
	if w := s.send("GET", "/"+p.ID+"/_apis/wit/workitems/2", ""); w.Code != 404 {
		t.Errorf("a work item of another project: status %d, want 404", w.Code)
	}
	if w := s.send("GET", "/_apis/wit/workitems?ids=1,99", ""); w.Code != 404 {
		t.Errorf("list with a missing one: status %d, want 404", w.Code)
	}
	if got := values(t, s.get("/_apis/wit/workitems?ids=99,1&errorPolicy=omit")); got[0] != nil || got[1] == nil {
		t.Errorf("list with a missing one: %v", got)
	}
	if w := s.send("GET", "/_apis/wit/workitems?ids=x", ""); w.Code != 400 {
		t.Errorf("nonsense ids: status %d, want 400", w.Code)
	}
	var related int
	for _, w := range values(t, s.get("/_apis/wit/workitems?$expand=all&ids=31,32,33,34,35,36,37,38,39,40")) {
		if w["_links"] == nil {
			t.Error("$expand=all gives no _links")
		}
		if w["relations"] != nil {
			related++
		}
	}
	if related == 0 {
		t.Error("no relations at all")
	}
}

func TestWorkItemShape(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{Projects: 1, WorkItemsPerProject: 400, Nasty: true})
	seen := map[string]bool{}
	for _, ids := range [][]int{idRange(1, 200), idRange(201, 400)} {
		for _, w := range s.batch("/_apis/wit/workitemsbatch", map[string]any{"ids": ids}) {
			fields := w["fields"].(map[string]any)
			for _, name := range []string{"System.Description", "Microsoft.VSTS.Common.Priority", "System.AssignedTo"} {
				seen[name] = seen[name] || fields[name] == nil
			}
			text, _ := fields["System.Description"].(string)
			seen["100 KB"] = seen["100 KB"] || len(text) > 100<<10
			switch by := fields["System.CreatedBy"].(type) {
			case string:
				seen["plain identity"] = true
			case map[string]any:
				if by["displayName"] == "" || by["uniqueName"] == "" || by["id"] == "" {
					t.Errorf("identity %v", by)
				}
			}
			title := fields["System.Title"].(string)
			seen["emoji"] = seen["emoji"] || strings.Contains(title, "🚀")
			seen["control"] = seen["control"] || strings.ContainsRune(title, 7)
			seen["nested area"] = seen["nested area"] || strings.Count(fields["System.AreaPath"].(string), `\`) > 2
			if fields["System.Rev"] != w["rev"] || fields["System.Id"] != w["id"] {
				t.Errorf("rev and id differ: %v", w)
			}
		}
	}
	want := []string{"100 KB", "Microsoft.VSTS.Common.Priority", "System.AssignedTo", "System.Description", "control", "emoji", "nested area", "plain identity"}
	for _, what := range want {
		if !seen[what] {
			t.Errorf("not seen: %s", what)
		}
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	for want, text := range map[string]string{
		"2026-02-03T15:04:05.25Z": "2026-02-03T15:04:05.250Z",
		"2026-02-03T15:04:05Z":    "2026-02-03T16:04:05+01:00",
	} {
		s := newTestServer(t, Options{Projects: 1, WorkItemsPerProject: 1})
		check(t, s.UpdateWorkItem(1, map[string]any{"System.CreatedDate": text}))
		if got := s.get("/_apis/wit/workitems/1")["fields"].(map[string]any)["System.CreatedDate"]; got != want {
			t.Errorf("%s is written %v, want %s", text, got, want)
		}
	}
}

func TestAppendString(t *testing.T) {
	t.Parallel()
	var all []rune
	for r := range rune(0x250) {
		all = append(all, r)
	}
	for _, text := range slices.Concat(nastyTitles, []string{"", string(all), "\u2028\u2029\ufffd🚀"}) {
		var back string
		check(t, json.Unmarshal(appendString(nil, text), &back))
		if back != text {
			t.Errorf("%q came back as %q", text, back)
		}
	}
	if got := string(appendString(nil, "a\xffb")); got != "\"a\ufffdb\"" {
		t.Errorf("invalid UTF-8 became %q", got)
	}
}
