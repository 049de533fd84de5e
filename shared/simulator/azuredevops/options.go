package azuredevops

import (
	"cmp"
	"time"
)

// Options say what an organization holds and how it answers. The same options
// give the same data.
type Options struct {
	// Organization is the first segment of every path, "fabrikam" if empty.
	Organization string
	// Projects is how many projects there are; the other three are per project.
	Projects, RepositoriesPerProject, PipelinesPerProject, WorkItemsPerProject int
	// Seed selects the data.
	Seed uint64
	// Nasty asks for data that breaks careless readers: quotes, slashes and
	// non-Latin letters in names, disabled and empty repositories, descriptions
	// of 100 KB, control characters, identities that are plain strings.
	Nasty bool

	// PAT is the password that Basic authentication accepts, "pat" if empty.
	PAT string
	// Token is the Bearer token that is accepted, none if empty.
	Token string
	// BOM puts a UTF-8 byte order mark before every JSON body.
	BOM bool
	// NoOrganizationHooks makes the caller one that may edit the subscriptions of
	// projects but not those of the whole organization.
	NoOrganizationHooks bool
	// LoopbackHooks lets subscriptions send to this machine, over http too. The
	// service refuses such URLs (Learn, "Web Hooks").
	LoopbackHooks bool
	// BaseURL returns scheme and host of the URLs in bodies, without a slash at
	// the end. If it is nil they are those of the request.
	BaseURL func() string
	// Now is the clock of changes and of @today, time.Now if nil.
	Now func() time.Time
}

func (o Options) withDefaults() Options {
	o.Organization = cmp.Or(o.Organization, "fabrikam")
	o.PAT = cmp.Or(o.PAT, "pat")
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}
