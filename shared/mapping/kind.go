package mapping

// Kind tells the loader what a kind of item allows in a mapping file.
type Kind struct {
	Name string
	// Options are the keys of the selector beside query.
	Options []Option
	// OnDemand are the item fields that cost extra requests and are read only
	// if an expression mentions them.
	OnDemand []string
}

// Option is a key of a selector.
type Option struct {
	Name string
	Type OptionType
	// Values are the allowed ones of an Enum.
	Values []string
	// Default is a bool for Bool, a []string for Strings and a string for the
	// others; nil leaves the option out of Resource.Options when it is not set.
	Default any
	// Doc is one sentence for people.
	Doc string
}

// OptionType says what the value of an Option looks like.
type OptionType int

const (
	// Bool is true or false, which may be quoted: Port's own files write 'true'.
	Bool OptionType = iota + 1
	// String is any text.
	String
	// Enum is one of Option.Values.
	Enum
	// Strings is a list of texts; one text is a list of one.
	Strings
)

// otherKinds are the kinds of Port's integration for Azure DevOps (Ocean
// 0.12.2, azure_devops/misc.py). They get a better message than a misspelling.
var otherKinds = []string{
	"repository", "repository-policy", "pull-request", "pipeline", "build", "pipeline-stage",
	"pipeline-run", "member", "team", "project", "work-item", "board", "column", "release",
	"release-definition", "environment", "release-deployment", "pipeline-deployment", "test-run",
	"file", "user", "folder", "iteration", "area-path", "branch", "advanced-security-alert",
	"group", "group-member", "wiki",
}
