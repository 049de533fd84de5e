package azuredevops

import (
	"fmt"
	"strings"
)

// nth returns the i-th name of a list; after its end, the names come again with
// a number, so that all are distinct.
func nth(names []string, i int) string {
	name := names[i%len(names)]
	if round := i / len(names); round > 0 {
		return fmt.Sprintf("%s %d", name, round+1)
	}
	return name
}

func choose(nasty bool, bad, plain []string) []string {
	if nasty {
		return bad
	}
	return plain
}

var projectNames = []string{
	"Fabrikam-Fiber", "Tailspin", "Contoso Web", "Northwind", "Adventure", "Woodgrove", "Litware", "Proseware",
}

var nastyProjectNames = []string{
	`O'Brien "HQ"`, "R/D and Ops", "Проект Север", "日本語プロジェクト", "100% Sure", "C++ Tools", "Semi;colon & Sons",
	"Question?", "#hash", "  spaced  out", "Straße", "a.b_c~d",
}

var projectDescriptions = []string{
	"Everything that faces customers.", "Team Foundation Version Control projects.", "", "Shared platform of all teams.",
}

var repositoryNames = []string{
	"web", "api", "worker", "mobile", "infrastructure", "docs", "deploy", "shared-library", "gateway", "billing",
}

var nastyRepositoryNames = []string{
	"web app", "it's", "100%", "репозиторий", "倉庫", "C#-service", "a+b", `say "hi"`, "semi;colon", "dots.and-dashes",
}

var pipelineNames = []string{
	"web-ci", "api-ci", "worker-ci", "nightly", "release", "security-scan", "docs", "integration-tests",
}

var nastyPipelineNames = []string{
	"build & test", "сборка", "ビルド", `"quoted"`, "50% rollout", "a;b;c", "path/like/name", "ci #1",
}

var pipelineFolders = []string{`\`, `\`, `\Team A`, `\Team A\Nightly`}

var areas = []string{"", `Team A`, `Team A\Sub`, `Team A\Sub\Deep`, `Team B`}

var nastyAreas = []string{"", `Team A`, `Team A\Sub`, `Team A\Sub\Deep`, `Команда 'Б'`, `Команда 'Б'\内部`}

var iterations = []string{"", `Sprint 1`, `Sprint 2`, `2025\Q1`}

var workItemTypes = []string{"User Story", "Task", "Task", "Bug", "Feature", "Epic"}

var workItemStates = []string{"New", "Active", "Resolved", "Closed", "Removed"}

var workItemReasons = []string{
	"New", "Implementation started", "Code complete", "Acceptance tests pass", "Removed from the backlog",
}

var titleStarts = []string{
	"Customer can sign in", "Page loads slowly", "Add paging", "Investigate the failure", "Rename the setting",
	"Write the runbook", "Upgrade the client", "Remove the old flow",
}

var titleEnds = []string{
	"using their account", "on the search page", "for large lists", "in the nightly run", "before the release",
}

var nastyTitles = []string{
	"Ship it 🚀 now", "tab\there", "bell \u0007 and unit \u001f separators", `back\slash and "quotes"`,
	"line\u2028separator", "<b>not</b> & html", "Заголовок", "見出し", "'single' -- ; DROP TABLE",
}

var severities = []string{"1 - Critical", "2 - High", "3 - Medium", "4 - Low"}

var tagSets = []string{"", "", "blocked", "customer; security", "tech-debt"}

const descriptionText = "<div>As a user I want this to work, so that I can go on with my day.</div>"

// longDescription is what the largest descriptions are made of: a little over
// 100 KB of HTML.
var longDescription = strings.Repeat(descriptionText, 100<<10/len(descriptionText)+1)
