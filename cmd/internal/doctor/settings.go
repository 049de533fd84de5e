package doctor

import (
	"context"
	"errors"
	"slices"
	"strings"

	"adoport/shared/azuredevops"
	"adoport/shared/host/local"
	"adoport/shared/settings"
)

// NameSettings is the check of the settings.
const NameSettings = "settings"

// Settings are the settings with everything that is wrong with them.
type Settings struct {
	settings.Settings
	set      int
	problems []problem
	warnings []string
}

// problem is what is wrong with a setting: text in full with what to do, reason
// in few words.
type problem struct{ name, reason, text string }

// ReadSettings reads the settings and looks for all that is wrong with them.
// environ lists variables as "NAME=value", for names that are misspelled.
func ReadSettings(getenv func(string) string, environ []string, needs ...settings.Need) *Settings {
	loaded, err := settings.Load(getenv)
	s := &Settings{Settings: loaded, warnings: settings.Misspelled(environ)}
	for _, d := range settings.Describe() {
		if getenv(d.Name) != "" {
			s.set++
		}
	}
	for _, p := range problems(errors.Join(err, loaded.Require(needs...))) {
		// What is set and wrong is not missing too.
		if s.Wrong(p.Name) == "" {
			s.problems = append(s.problems, problem{p.Name, p.Name + " " + p.What, p.Error()})
		}
	}
	s.checkMeaning()
	if loaded.ServiceHookURL == "" {
		s.warnings = append(s.warnings, "SERVICE_HOOK_URL is not set: the subscriptions to service hooks are not looked after.")
	}
	return s
}

// checkMeaning checks what is left to the parts that use a setting.
func (s *Settings) checkMeaning() {
	if o := s.Organization(); o != "" && s.Wrong(organizationSettings...) == "" {
		name := "AZURE_DEVOPS_ORG_URL"
		if s.AzureDevOpsOrgURL == "" {
			name = "AZURE_DEVOPS_ORG_ID"
		}
		_, err := azuredevops.ParseOrganization(o, s.AllowHTTP)
		s.add(name, err)
	}
	_, err := local.ParseSchedule(s.BackfillSchedule)
	s.add("BACKFILL_SCHEDULE", err)
	_, err = local.ParseSchedule(s.SubscriptionsSchedule)
	s.add("SUBSCRIPTIONS_SCHEDULE", err)
}

func (s *Settings) add(name string, err error) {
	if err != nil {
		s.problems = append(s.problems, problem{name, name + " is wrong", name + ": " + err.Error()})
	}
}

// organizationSettings say which organization, and let us in.
var organizationSettings = []string{"AZURE_DEVOPS_ORG_URL", "AZURE_DEVOPS_ORG_ID", "AZURE_DEVOPS_APP_PASSWORD"}

// Wrong says in few words what is wrong with one of the named settings, "" if
// nothing is. A name that ends in * stands for all that begin with it.
func (s *Settings) Wrong(names ...string) string {
	for _, p := range s.problems {
		if slices.ContainsFunc(names, func(name string) bool {
			prefix, all := strings.CutSuffix(name, "*")
			return p.name == name || all && strings.HasPrefix(p.name, prefix)
		}) {
			return p.reason
		}
	}
	return ""
}

// Check tells all problems and warnings at once.
func (s *Settings) Check() Check {
	return Check{Name: NameSettings, Ask: func(context.Context) Finding {
		todo := make([]string, 0, len(s.problems)+len(s.warnings))
		for _, p := range s.problems {
			todo = append(todo, p.text)
		}
		todo = append(todo, s.warnings...)
		switch {
		case len(s.problems) > 0:
			return fail(counted(len(s.problems), "problem"), todo...)
		case len(s.warnings) > 0:
			return warn(counted(s.set, "setting")+", "+counted(len(s.warnings), "remark"), todo...)
		default:
			return fine("%s, no problems", counted(s.set, "setting"))
		}
	}}
}

// problems takes a joined error apart.
func problems(err error) []*settings.Problem {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		parts := joined.Unwrap()
		all := make([]*settings.Problem, 0, len(parts))
		for _, part := range parts {
			all = append(all, problems(part)...)
		}
		return all
	}
	if p, ok := errors.AsType[*settings.Problem](err); ok {
		return []*settings.Problem{p}
	}
	return nil
}
