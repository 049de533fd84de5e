// Package settings reads every setting of the programs from environment
// variables. One table holds their names, defaults, descriptions and checks;
// reading, docs/settings.md and the warnings about misspelled names come from
// it.
package settings

import (
	"errors"
	"log/slog"
	"strings"
	"unicode"
)

// Settings are the values of all variables. What is not set has its default.
type Settings struct {
	// AzureDevOpsOrgURL and AzureDevOpsOrgID are what was given, trimmed only;
	// see Organization.
	AzureDevOpsOrgURL string
	AzureDevOpsOrgID  string
	// AzureDevOpsToken is the personal access token; "" is Entra.
	AzureDevOpsToken Secret

	PortClientID     string
	PortClientSecret Secret
	// PortBaseURL has no slash at its end.
	PortBaseURL string

	KeyVaultURL string
	// IdentityClientID is that of the user-assigned managed identity, "" for the
	// system-assigned one.
	IdentityClientID string
	MappingFile      string

	ServiceHookURL      string
	ServiceHookUsername string
	// ServiceHookPasswords are all that are accepted; none of them is empty.
	ServiceHookPasswords []Secret

	// BackfillSchedule and SubscriptionsSchedule are not empty; they are not
	// parsed here.
	BackfillSchedule      string
	SubscriptionsSchedule string

	// PruneMaxPercent is from 0 to 100.
	PruneMaxPercent float64
	// Instance matches ^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$.
	Instance string

	Storage Storage
	// Data is where the embedded queue and ledger are.
	Data string

	LogLevel slog.Level
	// LogFormat is "json", "text", or "" for text on a terminal and JSON
	// elsewhere.
	LogFormat string

	// AllowHTTP permits URLs without TLS to hosts other than this one.
	AllowHTTP bool
}

// Storage is the Azure Storage account of queues and tables, in the names of
// the Azure Functions host.
type Storage struct {
	ConnectionString Secret
	AccountName      string
	// QueueServiceURI and TableServiceURI are the endpoints, for clouds in which
	// they do not follow from the name.
	QueueServiceURI string
	TableServiceURI string
	Credential      string
	ClientID        string
}

// Known reports whether there is a storage account at all.
func (s Storage) Known() bool {
	return s.ConnectionString != "" || s.AccountName != "" || s.QueueServiceURI != "" && s.TableServiceURI != ""
}

// Organization returns what names the organization: the URL if there is one,
// else the ID, "" if there is neither.
func (s Settings) Organization() string {
	if s.AzureDevOpsOrgURL != "" {
		return s.AzureDevOpsOrgURL
	}
	return s.AzureDevOpsOrgID
}

// Setting describes one variable.
type Setting struct {
	Name string
	// Default is the value that a variable that is not set has, "" if none.
	Default string
	// Doc says in Markdown what it is for and what it may be.
	Doc string
	// Secret is true if the value MUST NOT be shown.
	Secret bool
}

// Describe returns all settings, in the order of their description.
func Describe() []Setting {
	list := make([]Setting, len(table))
	for i, e := range table {
		list[i] = e.Setting
	}
	return list
}

// Load reads all settings. getenv returns the value of a variable, "" if it is
// not set, as os.Getenv does. Values are trimmed of white space. The error is
// nil or joins one *Problem for everything that is wrong; the settings then
// hold what could be read, and their defaults.
func Load(getenv func(string) string) (Settings, error) {
	var (
		s    Settings
		errs []error
	)
	for _, e := range table {
		if e.Default != "" {
			if p := e.read(&s, e.Default); p != nil {
				panic("settings: the default of " + e.Name + " is wrong: " + p.What)
			}
		}
		value, problem := clean(getenv(e.Name))
		if problem == nil && value != "" {
			problem = e.read(&s, value)
		}
		errs = append(errs, named(e.Name, problem))
	}
	return s, errors.Join(append(errs, s.checkURLs())...)
}

// clean returns a value without what a copy from somewhere leaves around it.
func clean(raw string) (string, *Problem) {
	value := strings.TrimSpace(raw)
	switch {
	case raw != "" && value == "":
		return "", &Problem{What: "is blank", Do: "remove it, or give it a value"}
	case isQuoted(value):
		return "", &Problem{What: "has quotes around its value", Do: "remove them; they would be part of it"}
	case strings.ContainsFunc(value, isHidden):
		return "", &Problem{What: "has a line break or an invisible character inside", Do: "copy it again, in one line"}
	}
	return value, nil
}

func isQuoted(value string) bool {
	if len(value) < 2 {
		return false
	}
	first := value[0]
	return strings.IndexByte("\"'`", first) >= 0 && value[len(value)-1] == first
}

// isHidden finds what copies from terminals and web pages bring along: control
// characters, zero-width spaces and byte order marks.
func isHidden(r rune) bool {
	return unicode.IsControl(r) || r == '\u200b' || r == '\ufeff'
}
