package main

import (
	"context"
	"log/slog"

	"adoport/cmd/internal/azure"
	"adoport/cmd/internal/doctor"
	"adoport/cmd/internal/wiring"
	"adoport/shared/azuredevops"
	"adoport/shared/defaultcatalog"
	"adoport/shared/kind"
	"adoport/shared/mapping"
	"adoport/shared/secret"
	"adoport/shared/secret/keyvault"
	"adoport/shared/servicehook"
	"adoport/shared/servicehook/hooks"
	"adoport/shared/transport"
)

// examination puts the checks together that fit the settings.
type examination struct {
	settings *doctor.Settings
	mapping  *doctor.Mapping
	secrets  *wiring.Secrets
	log      *slog.Logger
	checks   []doctor.Check
}

func newExamination(s *doctor.Settings, log *slog.Logger) []doctor.Check {
	e := &examination{settings: s, mapping: doctor.ReadMapping(s.MappingFile), secrets: wiring.NewSecrets(s.Settings, nil), log: log}
	e.add("", s.Check(), e.mapping.Check())
	e.vault()
	client := e.azureDevOps()
	e.port()
	e.storage()
	e.hooks(client)
	return e.checks
}

// add adds checks, which are skipped if there is a reason.
func (e *examination) add(reason string, checks ...doctor.Check) {
	e.checks = append(e.checks, doctor.Unless(reason, checks...)...)
}

// vault checks the secrets that are not set.
func (e *examination) vault() {
	s := e.settings
	if s.KeyVaultURL == "" {
		return
	}
	reason := s.Wrong("KEY_VAULT_URL")
	var vault *keyvault.Vault
	witness, err := newWitness()
	if err == nil && reason == "" {
		vault, err = keyvault.New(s.KeyVaultURL, witness, keyvault.Options{Logger: e.log})
	}
	if err != nil || reason != "" {
		e.add(reason, doctor.Broken(doctor.NameVault, err, "Correct KEY_VAULT_URL, or give all secrets as settings and remove it."))
	} else {
		e.secrets = wiring.NewSecrets(s.Settings, secret.New(vault, secret.Options{Logger: e.log}))
	}
	for _, need := range []struct {
		setting, instead string
		set              bool
	}{
		{"AZURE_DEVOPS_APP_PASSWORD", "an Entra identity is used for Azure DevOps", s.AzureDevOpsToken != ""},
		{"PORT_CLIENT_ID", "", s.PortClientID != ""},
		{"PORT_CLIENT_SECRET", "", s.PortClientSecret != ""},
		{"SERVICE_HOOK_PASSWORD", "", len(s.ServiceHookPasswords) > 0},
	} {
		if !need.set {
			e.add(s.Wrong(need.setting), doctor.Secret(vault, need.setting, witness, need.instead))
		}
	}
}

// newWitness returns the credential of who runs this.
func newWitness() (*doctor.Witness, error) {
	credential, err := entra()
	return doctor.NewWitness(credential), err
}

// azureDevOps checks the permissions there. The client is nil if there is none.
func (e *examination) azureDevOps() *azuredevops.Client {
	s := e.settings
	o := &doctor.Organization{Kinds: e.mapping.Kinds(), Token: "AZURE_DEVOPS_APP_PASSWORD"}
	if s.KeyVaultURL != "" && s.AzureDevOpsToken == "" {
		o.Token = "the secret " + secret.Name("AZURE_DEVOPS_APP_PASSWORD") + " of the Key Vault"
	}
	reason := s.Wrong("AZURE_DEVOPS_*")
	if reason == "" {
		o.Client, o.Err = wiring.NewAzureDevOps(e.clientOptions())
	}
	checks := o.Checks()
	checks[0].Needs = append(checks[0].Needs, doctor.NameVault, doctor.NameSecret("AZURE_DEVOPS_APP_PASSWORD"))
	e.add(reason, checks...)
	if s.ServiceHookURL == "" {
		e.add("SERVICE_HOOK_URL is not set", o.HooksCheck())
	} else {
		e.add(reason, o.HooksCheck())
	}
	return o.Client
}

func (e *examination) clientOptions() wiring.ClientOptions {
	return wiring.ClientOptions{Settings: e.settings.Settings, Version: version, Secrets: e.secrets, Credential: entra, Logger: e.log, Linger: -1}
}

// port checks Port with its blueprints.
func (e *examination) port() {
	s := e.settings
	p := &doctor.Port{BaseURL: s.PortBaseURL, Config: e.mapping.Config, Known: defaultcatalog.Blueprints(), Extend: s.MappingFile == ""}
	reason := s.Wrong("PORT_*", "ADOPORT_INSTANCE")
	if reason == "" {
		config := e.mapping.Config
		if config == nil {
			config = &mapping.Config{} // no entity is written
		}
		client, err := wiring.NewPort(e.clientOptions(), config)
		if p.Err = err; err == nil {
			p.Blueprints = client.Blueprints
		}
	}
	checks := p.Checks()
	checks[0].Needs = append(checks[0].Needs, doctor.NameVault, doctor.NameSecret("PORT_CLIENT_ID"), doctor.NameSecret("PORT_CLIENT_SECRET"))
	e.add(reason, checks...)
}

// storage checks the storage account, or the folder that is used without one.
func (e *examination) storage() {
	s := e.settings
	if reason := s.Wrong("AzureWebJobsStorage*"); reason != "" {
		e.add(reason, doctor.Broken(doctor.NameStorage, nil))
		return
	}
	if !s.Storage.Known() {
		e.add("", doctor.Folder(s.Data))
		return
	}
	witness, err := newWitness()
	var opened azure.Storage
	if err == nil {
		opened, err = openReadOnly(s.Storage, witness, e.log)
	}
	if err != nil {
		e.add("", doctor.Broken(doctor.NameStorage, err, "Correct AzureWebJobsStorage, or the settings that begin with it."))
		return
	}
	e.add("", doctor.Queue(azure.LiveQueue, opened.Live, witness), doctor.Queue(azure.WalksQueue, opened.Walks, witness),
		doctor.Table(azure.Table, opened.Ledger.Runs, witness))
}

// hooks checks the subscriptions, and the app that they send to.
func (e *examination) hooks(client *azuredevops.Client) {
	s := e.settings
	reason := s.Wrong("SERVICE_HOOK_*")
	if s.ServiceHookURL == "" && reason == "" {
		reason = "SERVICE_HOOK_URL is not set"
	}
	open := func(ctx context.Context) (doctor.Reconciler, error) {
		target, err := wiring.NewTarget(ctx, s.Settings, e.secrets)
		return &servicehook.Reconciler{API: hooks.New(client), Projects: kind.NewOrganization(client), Target: target, Logger: e.log}, err
	}
	app := doctor.App{
		HookURL: s.ServiceHookURL, Username: s.ServiceHookUsername, Password: e.hookPassword, HTTP: transport.NewHTTPClient(),
		Instance: s.Instance,
	}
	if client != nil {
		app.Organization = client.Organization().URL
	}
	e.add(reason, doctor.Subscriptions(open, e.mapping.Kinds()), app.Check())
}

// hookPassword is the one that service hooks send.
func (e *examination) hookPassword(ctx context.Context) (string, error) {
	passwords, err := e.secrets.HookPasswords(ctx, false)
	if err != nil {
		return "", err
	}
	return passwords[0], nil
}
