package infra

import (
	"fmt"
	"slices"
	"strings"

	"adoport/shared/settings"
)

// platform are settings that only the Functions host reads.
var platform = []string{
	"APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "APPLICATIONINSIGHTS_CONNECTION_STRING", "AzureWebJobsStorage__blobServiceUri",
}

// notForAzure are settings that the templates do not give, and why.
var notForAzure = map[string]string{
	"ADOPORT_ALLOW_HTTP":  "everything is https there",
	"ADOPORT_DATA":        "the queues and the ledger are in the storage account",
	"AZURE_DEVOPS_ORG_ID": "AZURE_DEVOPS_ORG_URL says the same, and wins",
	"AzureWebJobsStorage": "it is a key, and there are none",
	"LOG_FORMAT":          "without a terminal it is JSON",
}

// checkSettings finds settings of the program that the app does not get, settings
// that nobody reads, and other defaults than the program's. A secret is in the
// vault, by its name.
func checkSettings(t *template) []problem {
	given := t.appSettings()
	list := t.checkKnown(given)
	for _, s := range t.settings {
		_, isExcused := notForAzure[s.Name]
		setting, isGiven := value(given, s.Name)
		switch {
		case s.Secret && isGiven:
			list = append(list, setting.file.problem(setting.value, "secret %s is readable as an app setting", s.Name))
		case isExcused && isGiven:
			list = append(list, setting.file.problem(setting.value, "%s is not for Azure: %s", s.Name, notForAzure[s.Name]))
		case isExcused:
		case s.Secret && !slices.Contains(t.vaultSecrets(), vaultName(s.Name)):
			list = append(list, problem{file: "infra", text: fmt.Sprintf("no template writes %s into the vault", vaultName(s.Name))})
		case !s.Secret && !isGiven:
			list = append(list, problem{file: "infra", text: fmt.Sprintf("no template sets %s", s.Name)})
		case isGiven:
			list = append(list, t.checkDefault(setting, s)...)
		}
	}
	return list
}

// checkKnown finds settings that nobody reads.
func (t *template) checkKnown(given []appSetting) []problem {
	var list []problem
	for _, s := range given {
		described := slices.ContainsFunc(t.settings, func(d settings.Setting) bool { return d.Name == s.name })
		if !described && !slices.Contains(platform, s.name) {
			list = append(list, s.file.problem(s.value, "nobody reads the setting %s", s.name))
		}
	}
	return list
}

// checkDefault compares the default of a setting that is a parameter.
func (t *template) checkDefault(given appSetting, described settings.Setting) []problem {
	n := given.value
	if name, arguments := n.call(); name == "string" {
		n = arguments[0]
	}
	p := given.file.find("parameter", n.text)
	if p == nil || p.value == nil {
		return nil
	}
	got, isString := p.value.literal()
	if !isString {
		got = p.value.text
	}
	if got == described.Default {
		return nil
	}
	return []problem{given.file.problem(p.node, "%s has the default %q; that of %s is %q", p.name, got, described.Name, described.Default)}
}

// vaultName is the name of a secret in a vault, as the program looks it up.
func vaultName(setting string) string {
	return strings.ReplaceAll(strings.ToLower(setting), "_", "-")
}

// vaultSecrets returns the names of the secrets that a template writes.
func (t *template) vaultSecrets() []string {
	var list []string
	for _, f := range t.sorted() {
		for _, d := range f.of("resource") {
			if d.resourceType() == "Microsoft.KeyVault/vaults/secrets" {
				name, _ := d.value.at("name").literal()
				list = append(list, name)
			}
		}
	}
	return list
}
