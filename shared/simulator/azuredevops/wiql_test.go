package azuredevops

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// wiqlFixture has two projects, three base work items and five created ones
// whose values are known.
func wiqlFixture(t *testing.T) testServer {
	now := time.Date(2026, time.February, 1, 10, 0, 0, 0, time.UTC)
	s := newTestServer(t, Options{Projects: 2, Now: func() time.Time { return now }})
	a, b := s.Projects()[0], s.Projects()[1]
	add := func(p Project, fields map[string]any) { must(s.AddWorkItem(p.ID, fields)) }
	add(a, map[string]any{"System.Title": "O'Brien's first", "System.State": "New", "Microsoft.VSTS.Common.Priority": 1, "System.AssignedTo": "Ada Example"})
	now = now.AddDate(0, 0, 1)
	add(a, map[string]any{"System.Title": "second", "System.State": "Active", "Microsoft.VSTS.Common.Priority": 2, "System.AreaPath": a.Name + `\Team A`})
	add(b, map[string]any{"System.Title": "third", "System.State": "Active", "System.AreaPath": b.Name + `\Team A\Sub`, "System.Description": "<p>Long TEXT</p>"})
	now = now.AddDate(0, 0, 1)
	add(a, map[string]any{"System.Title": "fourth", "System.State": "Closed", "Microsoft.VSTS.Common.Priority": 4, "System.AreaPath": a.Name + `\Team A\Sub`, "System.WorkItemType": "Bug"})
	add(b, map[string]any{"System.Title": "первый", "System.State": "Closed", "Custom.Risk": 2.5, "System.Tags": "blue; green", "System.WorkItemType": "Bug"})
	add(a, map[string]any{"System.Title": "deleted"})
	check(t, s.DeleteWorkItem(6))
	return s
}

func TestWIQL(t *testing.T) {
	t.Parallel()
	s := wiqlFixture(t)
	a, b := s.Projects()[0], s.Projects()[1]
	tests := []struct {
		where string // with {a} and {b} for the projects' names
		want  []int
	}{
		{"", []int{1, 2, 3, 4, 5}},
		{"WHERE [System.Id] > 2", []int{3, 4, 5}},
		{"where system.id >= 2 and ID <= 3", []int{2, 3}},
		{"WHERE [System.Id] < 2 OR [System.Id] = 5", []int{1, 5}},
		{"WHERE [System.Id] > '3'", []int{4, 5}},
		{"WHERE [System.Id] > -1 AND [System.Id] <> 4", []int{1, 2, 3, 5}},
		{"WHERE [System.Id] IN (5, 1, 99)", []int{1, 5}},
		{"WHERE [System.Id] NOT IN (5, 1)", []int{2, 3, 4}},
		{"WHERE [System.Id] = 6", nil},
		{"WHERE [System.TeamProject] = '{a}'", []int{1, 2, 4}},
		{"WHERE [Team Project] <> '{a}'", []int{3, 5}},
		{"WHERE [System.TeamProject] IN ('{a}', '{b}') AND [System.Id] > 3", []int{4, 5}},
		{"WHERE [System.TeamProject] = @project", []int{3, 5}},
		{"WHERE [System.TeamProject] = 'None'", nil},
		{"WHERE [System.State] = 'active'", []int{2, 3}},
		{"WHERE NOT [System.State] = 'Active'", []int{1, 4, 5}},
		{"WHERE NOT ([System.State] = 'Active' OR [System.State] = 'New')", []int{4, 5}},
		{"WHERE [System.State] = 'New' OR [System.State] = 'Active' AND [System.TeamProject] = '{b}'", []int{1, 3}},
		{"WHERE ([System.State] = 'New' OR [System.State] = 'Active') AND [System.TeamProject] = '{b}'", []int{3}},
		{"WHERE [System.Title] = 'o''brien''s FIRST'", []int{1}},
		{`WHERE [System.Title] = "O'Brien's first"`, []int{1}},
		{"WHERE [System.Title] CONTAINS 'IRS'", []int{1}},
		{"WHERE [System.Title] NOT CONTAINS 'ir'", []int{2, 4, 5}},
		{"WHERE [System.Title] = 'ПЕРВЫЙ'", []int{5}},
		{"WHERE [System.Title] > 'o' AND [System.Title] < 't'", []int{1, 2}},
		{"WHERE [System.Description] CONTAINS 'long text'", []int{3}},
		{"WHERE [System.AreaPath] UNDER '{a}'", []int{1, 2, 4}},
		{`WHERE [System.AreaPath] UNDER '{a}\team a'`, []int{2, 4}},
		{`WHERE [System.AreaPath] = '{a}\Team A'`, []int{2}},
		{`WHERE [System.AreaPath] NOT UNDER '{a}'`, []int{3, 5}},
		{"WHERE [Microsoft.VSTS.Common.Priority] <= 2", []int{1, 2}},
		{"WHERE [Priority] = ''", []int{3, 5}},
		{"WHERE [Priority] <> 2", []int{1, 3, 4, 5}},
		{"WHERE [Priority] NOT IN (1, 2)", []int{3, 4, 5}},
		{"WHERE [Priority] IS EMPTY", []int{3, 5}},
		{"WHERE [Priority] IS NOT EMPTY", []int{1, 2, 4}},
		{"WHERE [Custom.Risk] > 2.25", []int{5}},
		{"WHERE [System.Tags] CONTAINS 'green'", []int{5}},
		{"WHERE [System.AssignedTo] = 'ada example'", []int{1}},
		{"WHERE [System.AssignedTo] = 'user1@fabrikam.example'", []int{1}},
		{"WHERE [System.AssignedTo] = 'Ada Example <user1@fabrikam.example>'", []int{1}},
		{"WHERE [System.AssignedTo] = ''", []int{2, 3, 4, 5}},
		{"WHERE [System.CreatedDate] >= '2026-02-02'", []int{2, 3, 4, 5}},
		{"WHERE [System.CreatedDate] = '2026-02-01'", []int{1}},
		{"WHERE [System.CreatedDate] >= @today", []int{4, 5}},
		{"WHERE [System.CreatedDate] >= @Today - 1", []int{2, 3, 4, 5}},
		{"WHERE [System.CreatedDate] < @today-1", []int{1}},
		{"ORDER BY [System.Id] DESC", []int{5, 4, 3, 2, 1}},
		{"WHERE [System.TeamProject] = '{a}' ORDER BY [System.Id] desc", []int{4, 2, 1}},
		{"ORDER BY [System.State], [System.Id] DESC", []int{3, 2, 5, 4, 1}},
		{"ORDER BY [Priority] asc, [System.Title] desc", []int{5, 3, 1, 2, 4}},
	}
	names := strings.NewReplacer("{a}", a.Name, "{b}", b.Name)
	for _, test := range tests {
		t.Run(test.where, func(t *testing.T) {
			t.Parallel()
			got := s.wiql("/"+b.ID+"/_apis/wit/wiql", "SELECT [System.Id], [Title] FROM WorkItems "+names.Replace(test.where))
			if !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestWIQLErrors(t *testing.T) {
	t.Parallel()
	s := wiqlFixture(t)
	tests := []struct{ query, message string }{
		{"SELECT [System.Bogus] FROM WorkItems", "TF51005: The query references a field that does not exist. The error is caused by «[System.Bogus]»."},
		{"SELECT [System.Id] FROM WorkItems WHERE [Custom.Nope] = 1", "TF51005"},
		{"SELECT [System.Id] FROM WorkItems ORDER BY Nope", "TF51005"},
		{"", "wiql"},
		{"SELECT", "TF51006"},
		{"DELETE FROM WorkItems", "TF51006: The query statement is missing a SELECT clause."},
		{"SELECT [System.Id] WorkItems", "TF51006: The query statement is missing a FROM clause. The error is caused by «WorkItems»."},
		{"SELECT [System.Id] FROM Users", "TF51006"},
		{"SELECT [System.Id] FROM WorkItems WHERE", "TF51006: Expecting field name. The error is caused by «end of the query»."},
		{"SELECT [System.Id] FROM WorkItems WHERE [System.Id] * 3", "Expecting comparison operator. The error is caused by «*»."},
		{"SELECT [System.Id] FROM WorkItems WHERE [System.Id] NOT = 3", "Expecting comparison operator."},
		{"SELECT [System.Id] FROM WorkItems WHERE [System.Id] IN ()", "Expecting constant value. The error is caused by «)»."},
		{"SELECT [System.Id] FROM WorkItems WHERE [System.Id] IN (1", "Expecting closing parenthesis."},
		{"SELECT [System.Id] FROM WorkItems WHERE ([System.Id] = 1", "Expecting closing parenthesis."},
		{"SELECT [System.Id] FROM WorkItems WHERE [System.Id] = 1 garbage", "Expecting end of string."},
		{"SELECT [System.Id] FROM WorkItems WHERE [System.Title] = 'O'Brien'", "TF51006"},
		{"SELECT [System.Id] FROM WorkItems WHERE [System.Title] = 'open", "closing quote"},
		{"SELECT [System.Id] FROM WorkItems WHERE [System.Id = 1", "closing square bracket"},
		{"SELECT [System.Id] FROM WorkItems WHERE [System.Id] = 'x'", "TF51009"},
		{"SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = @project", "@project"},
		{"SELECT [System.Id] FROM WorkItems WHERE [System.Title] = @nothing", "macro"},
		{"SELECT [System.Id] FROM WorkItems WHERE [System.CreatedDate] > 'soon'", "TF51009"},
		{"SELECT [System.Id] FROM WorkItems WHERE [System.CreatedDate] > '2026-02-01T10:00:00Z'", "You cannot supply a time with the date"},
		{"SELECT [System.Id] FROM WorkItems WHERE [System.CreatedDate] > @today - x", "number of days"},
		{`SELECT [System.Id] FROM WorkItems WHERE [System.AreaPath] UNDER 'Fabrikam-Fiber\None'`, "TF51011"},
		{"SELECT [System.Id] FROM WorkItems WHERE [System.AreaPath] CONTAINS 'Fabrikam-Fiber'", "cannot be used with area path fields. The error is caused by «[System.AreaPath] CONTAINS 'Fabrikam-Fiber'»."},
		{"SELECT [System.Id] FROM WorkItems WHERE [System.Title] UNDER 'x'", "UNDER"},
		{"SELECT [System.Id] FROM WorkItems WHERE [System.Description] = 'x'", "long-text"},
		{"SELECT [System.Id] FROM WorkItems WHERE [System.Title] = '" + strings.Repeat("x", maxQueryLength) + "'", "exceeds the limit"},
	}
	for _, test := range tests {
		body := s.decoded(s.send("POST", "/_apis/wit/wiql", encode(map[string]any{"query": test.query})), http.StatusBadRequest)
		if message := body["message"].(string); !strings.Contains(message, test.message) {
			t.Errorf("%.100s:\n got %q\nwant %q", test.query, message, test.message)
		}
	}
}

func TestWIQLTimePrecision(t *testing.T) {
	t.Parallel()
	s := wiqlFixture(t)
	for literal, want := range map[string][]int{
		"2026-02-02T09:59:59.5Z":    {2, 3, 4, 5},
		"2026-02-02T10:00:00":       {4, 5},
		"2026-02-03T11:30:00+02:00": {4, 5},
	} {
		query := "SELECT [System.Id] FROM WorkItems WHERE [System.CreatedDate] > '" + literal + "'"
		if got := s.wiql("/_apis/wit/wiql?timePrecision=true", query); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", literal, got, want)
		}
	}
}

func TestWIQLAnswer(t *testing.T) {
	t.Parallel()
	s := wiqlFixture(t)
	body := s.decoded(s.send("POST", "/_apis/wit/wiql?$top=1", `{"query":"Select [System.Id], [State] From WorkItems Order By [State] desc"}`), 200)
	want := decode(t, strings.NewReader(`{
		"queryType": "flat", "queryResultType": "workItem", "asOf": "2026-02-03T10:00:00Z",
		"columns": [
			{"referenceName": "System.Id", "name": "ID", "url": "http://devops.test/fabrikam/_apis/wit/fields/System.Id"},
			{"referenceName": "System.State", "name": "State", "url": "http://devops.test/fabrikam/_apis/wit/fields/System.State"}
		],
		"sortColumns": [{"descending": true, "field":
			{"referenceName": "System.State", "name": "State", "url": "http://devops.test/fabrikam/_apis/wit/fields/System.State"}}],
		"workItems": [{"id": 1, "url": "http://devops.test/fabrikam/_apis/wit/workItems/1"}]
	}`))
	if diff := cmp.Diff(want, body); diff != "" {
		t.Error(diff)
	}
}

func TestWIQLCap(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{Projects: 2, WorkItemsPerProject: 10_001})
	const all = `{"query":"SELECT [System.Id] FROM WorkItems"}`
	const sorted = `{"query":"SELECT [System.Id] FROM WorkItems ORDER BY [System.Title]"}`
	const half = `{"query":"SELECT [System.Id] FROM WorkItems WHERE [System.Id] > 2"}`
	tests := []struct {
		path, query string
		want        int // 0 means VS402337
	}{
		{"", all, 0},
		{"?$top=20001", all, 0},
		{"", sorted, 0},
		{"?$top=20000", all, 20_000},
		{"?$top=19999", all, 19_999},
		{"?$top=7", sorted, 7},
		{"", half, 20_000},
	}
	for _, test := range tests {
		w := s.send("POST", "/_apis/wit/wiql"+test.path, test.query)
		if test.want > 0 {
			if got := len(s.decoded(w, 200)["workItems"].([]any)); got != test.want {
				t.Errorf("%s %s: %d work items, want %d", test.path, test.query, got, test.want)
			}
			continue
		}
		body := s.decoded(w, 400)
		if body["typeKey"] != "WorkItemTrackingQueryResultSizeLimitExceededException" || !strings.HasPrefix(body["message"].(string), "VS402337: ") {
			t.Errorf("%s %s: %v", test.path, test.query, body)
		}
	}
}

// TestIDs compares the plan of ids with a scan, over layouts and bounds.
func TestIDs(t *testing.T) {
	t.Parallel()
	s := newTestServer(t, Options{Projects: 3, WorkItemsPerProject: 4})
	p := s.Projects()
	must(s.AddWorkItem(p[1].ID, nil))
	must(s.AddWorkItem(p[2].ID, nil))
	check(t, s.UpdateWorkItem(4, map[string]any{"System.TeamProject": p[1].Name}))
	check(t, s.UpdateWorkItem(2, map[string]any{"System.TeamProject": p[0].Name}))
	all := slices.Collect(s.WorkItems)
	for low := 0; low <= 16; low++ {
		for high := -1; high <= 16; high += 2 {
			for _, q := range p {
				for _, order := range []string{"asc", "desc"} {
					where := fmt.Sprintf("[System.Id] >= %d AND [System.Id] <= %d", low, high)
					want := []int{}
					for _, w := range all {
						if w.ProjectID == q.ID && w.ID >= low && w.ID <= high {
							want = append(want, w.ID)
						}
					}
					if order == "desc" {
						slices.Reverse(want)
					}
					got := s.wiql("/_apis/wit/wiql", "SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = '"+q.Name+"' AND "+where+" ORDER BY [System.Id] "+order)
					if !slices.Equal(got, want) {
						t.Fatalf("%s, %s, %s: got %v, want %v", q.Name, where, order, got, want)
					}
				}
			}
		}
	}
}

func FuzzWIQL(f *testing.F) {
	for _, seed := range []string{
		"SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = 'a''b' AND ([System.Id] > -5 OR NOT [Priority] IN (1,2)) ORDER BY [Title] DESC",
		"SELECT * FROM WorkItems WHERE [System.CreatedDate] >= @today - 3 AND [System.AreaPath] UNDER \"x\"",
		"SELECT [", "SELECT 'x", "@", "SELECT id FROM WorkItems WHERE id IS NOT EMPTY",
	} {
		f.Add(seed)
	}
	s := New(Options{Projects: 2, WorkItemsPerProject: 5})
	f.Fuzz(func(t *testing.T, text string) {
		p := wiqlParser{server: s, text: text, project: s.base[0], now: testNow}
		q, err := p.parse()
		if err != nil {
			return
		}
		if ids, ok := s.run(q, 0); !ok || len(ids) > 10 {
			t.Errorf("%d ids of 10, %t", len(ids), ok)
		}
	})
}
