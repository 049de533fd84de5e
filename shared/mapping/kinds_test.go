package mapping

// testKinds are four kinds as the real ones are declared.
var testKinds = []Kind{
	{Name: "project", Options: []Option{
		{Name: "defaultTeam", Type: Bool, Default: false, Doc: "Read the default team of every project."},
	}, OnDemand: []string{"defaultTeam"}},
	{Name: "repository", Options: []Option{
		{Name: "includedFiles", Type: Strings, Doc: "Files whose text is added."},
	}, OnDemand: []string{"__includedFiles"}},
	{Name: "pipeline", Options: []Option{
		{Name: "includeRepo", Type: Bool, Default: false, Doc: "Add the repository of every pipeline."},
	}, OnDemand: []string{"__repository", "process"}},
	{Name: "work-item", Options: []Option{
		{Name: "wiql", Type: String, Doc: "A further condition of the WIQL query."},
		{Name: "expand", Type: Enum, Values: []string{"None", "Fields", "Relations", "Links", "All"}, Default: "All", Doc: "What is read of every work item."},
	}},
}
