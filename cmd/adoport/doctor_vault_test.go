package main

import (
	"testing"

	"adoport/cmd/internal/doctor"
	azuredevopssim "adoport/shared/simulator/azuredevops"
	keyvaultsim "adoport/shared/simulator/keyvault"
)

// vaulted is a hiddenWorld whose secrets are in a Key Vault.
func vaulted(t *testing.T) (*world, *keyvaultsim.Server) {
	t.Helper()
	vault, err := keyvaultsim.Start(keyvaultsim.Options{})
	must(t, err)
	t.Cleanup(vault.Close)
	w := hiddenWorld(t, azuredevopssim.Options{Projects: 1, Token: vault.Token(keyvaultsim.AzureDevOpsResource)})
	for name, setting := range map[string]string{
		"azure-devops-app-password": "AZURE_DEVOPS_APP_PASSWORD", "port-client-secret": "PORT_CLIENT_SECRET", "service-hook-password": "SERVICE_HOOK_PASSWORD",
	} {
		vault.Set(name, w.environment[setting])
		w.set(setting, "")
	}
	w.set("SERVICE_HOOK_URL", nobody+"/hooks")
	return w, vault
}

const (
	tokenInVault  = "Key Vault: azure-devops-app-password"
	secretInVault = "Key Vault: port-client-secret"
	hookInVault   = "Key Vault: service-hook-password"
)

func TestDoctorVault(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(w *world, vault *keyvaultsim.Server)
		code   int
		check  func(t *testing.T, d diagnosis)
	}{
		"all there": {nil, exitDone, func(t *testing.T, d diagnosis) {
			for _, name := range []string{tokenInVault, secretInVault, hookInVault} {
				d.expect(t, name, doctor.OK, "it can be read as the app with client ID ")
			}
			d.expect(t, doctor.NameCredentials, doctor.OK)
			d.expect(t, doctor.NamePort, doctor.OK)
			d.expect(t, doctor.NameSubscriptions, doctor.Warning)
		}},
		"no token, an identity in its place": {func(_ *world, vault *keyvaultsim.Server) { vault.Delete("azure-devops-app-password") }, exitDone, func(t *testing.T, d diagnosis) {
			d.expect(t, tokenInVault, doctor.OK, "there is none, so an Entra identity is used")
			d.expect(t, doctor.NameCredentials, doctor.OK)
		}},
		"missing": {func(_ *world, vault *keyvaultsim.Server) { vault.Delete("port-client-secret") }, exitFailed, func(t *testing.T, d diagnosis) {
			d.only(t, doctor.Failed, secretInVault)
			d.expect(t, secretInVault, doctor.Failed, "there is none of that name", "PORT_CLIENT_SECRET, which is not set either")
			d.expect(t, doctor.NamePort, doctor.Skipped, "this failed: "+secretInVault)
		}},
		"disabled": {func(_ *world, vault *keyvaultsim.Server) { vault.Disable("service-hook-password") }, exitFailed, func(t *testing.T, d diagnosis) {
			d.only(t, doctor.Failed, hookInVault)
			d.expect(t, hookInVault, doctor.Failed, "it is disabled", "Enable its newest version")
			d.expect(t, doctor.NameSubscriptions, doctor.Skipped, "this failed: "+hookInVault)
			d.expect(t, doctor.NameApp, doctor.Skipped, "this failed: "+hookInVault)
		}},
		"forbidden": {func(_ *world, vault *keyvaultsim.Server) { vault.Forbid(true) }, exitFailed, func(t *testing.T, d diagnosis) {
			d.only(t, doctor.Failed, tokenInVault, secretInVault, hookInVault)
			d.expect(t, secretInVault, doctor.Failed, "may not read secrets", "we ask as the app with client ID", "Key Vault Secrets User")
			d.expect(t, doctor.NameCredentials, doctor.Skipped, "this failed: "+tokenInVault)
		}},
		"no identity": {func(_ *world, vault *keyvaultsim.Server) { vault.FailIdentity(400) }, exitFailed, func(t *testing.T, d diagnosis) {
			d.expect(t, secretInVault, doctor.Failed, "identity")
		}},
		"wrong URL": {func(w *world, _ *keyvaultsim.Server) { w.set("KEY_VAULT_URL", "https://vault") }, exitFailed, func(t *testing.T, d diagnosis) {
			d.only(t, doctor.Failed, doctor.NameVault)
			d.expect(t, doctor.NameVault, doctor.Failed, "KEY_VAULT_URL has no domain")
			d.expect(t, secretInVault, doctor.Skipped, "this failed: Key Vault")
			d.expect(t, doctor.NamePort, doctor.Skipped)
		}},
		"not a URL": {func(w *world, _ *keyvaultsim.Server) { w.set("KEY_VAULT_URL", "vault") }, exitUsage, func(t *testing.T, d diagnosis) {
			d.only(t, doctor.Failed, doctor.NameSettings)
			d.expect(t, doctor.NameVault, doctor.Skipped, "KEY_VAULT_URL is not an absolute URL")
			d.expect(t, doctor.NamePort, doctor.Skipped)
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, vault := vaulted(t)
			if test.change != nil {
				test.change(w, vault)
			}
			test.check(t, w.child(t, vault, "doctor", "-o", "json").diagnosis(t, test.code))
		})
	}
}

// TestDoctorStorageIdentity has a storage account that the identity is to open,
// and that nobody answers for.
func TestDoctorStorageIdentity(t *testing.T) {
	t.Parallel()
	w, vault := vaulted(t)
	w.set("AzureWebJobsStorage__queueServiceUri", "https://127.0.0.1:9", "AzureWebJobsStorage__tableServiceUri", "https://127.0.0.1:9",
		"AzureWebJobsStorage__credential", "managedidentity", "AzureWebJobsStorage__clientId", "11111111-1111-1111-1111-111111111111")
	d := w.child(t, vault, "doctor", "-o", "json").diagnosis(t, exitFailed)
	d.only(t, doctor.Failed, liveStorage, walksStorage, tableStorage)
	d.expect(t, liveStorage, doctor.Failed, "connection refused", "we ask as the app with client ID "+vault.ClientID(), "network rules")
	w.set("AzureWebJobsStorage__credential", "password")
	d = w.child(t, vault, "doctor", "-o", "json").diagnosis(t, exitFailed)
	d.expect(t, doctor.NameStorage, doctor.Failed, "AzureWebJobsStorage", "__credential is \"password\"")
}
