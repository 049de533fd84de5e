package azuredevops

import "strings"

// Quote returns s as a string literal of WIQL, the work item query language, with
// its quotes. A quote inside it is doubled (Microsoft Learn, "WIQL syntax
// reference").
func Quote(s string) string {
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}
