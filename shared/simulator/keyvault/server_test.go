package keyvault_test

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"

	"adoport/shared/simulator/keyvault"
)

// TestChild: a child process with the vendor's clients, which trusts the server by
// SSL_CERT_FILE.
func TestChild(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.Set("port-client-secret", "hidden")
	environment, err := s.Environment(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), program)
	command.Env = append(append(os.Environ(), environment...), childOf+"=port-client-secret")
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	want := "hidden " + s.Token(keyvault.StorageResource) + " " + s.Token(keyvault.AzureDevOpsResource)
	if string(output) != want {
		t.Errorf("got %q, want %q", output, want)
	}
	for resource, want := range map[string]int{s.Resource(): 1, keyvault.StorageResource: 1, keyvault.AzureDevOpsResource: 1, "x": 0} {
		if got := s.Tokens(resource); got != want {
			t.Errorf("%d tokens for %s, want %d", got, resource, want)
		}
	}
}

func TestEnvironmentWithoutFolder(t *testing.T) {
	t.Parallel()
	if _, err := start(t).Environment(t.TempDir() + "/none"); err == nil {
		t.Error("no error")
	}
}

// TestClient: what the vendor's client makes of every answer.
func TestClient(t *testing.T) {
	s := start(t)
	for variable, value := range s.Identity() {
		t.Setenv(variable, value)
	}
	options := policy.ClientOptions{Transport: s.Client(), Retry: policy.RetryOptions{MaxRetries: -1}}
	credential, err := azidentity.NewManagedIdentityCredential(&azidentity.ManagedIdentityCredentialOptions{
		ID: azidentity.ClientID(s.ClientID()), ClientOptions: options,
	})
	if err != nil {
		t.Fatal(err)
	}
	client, err := azsecrets.NewClient(s.URL(), credential, &azsecrets.ClientOptions{ClientOptions: options})
	if err != nil {
		t.Fatal(err)
	}
	steps := []struct {
		do     func()
		value  string
		status int
		code   string
	}{
		{func() {}, "", 404, "SecretNotFound"},
		{func() { s.Set("One", "first") }, "first", 0, ""},
		{func() { s.Set("one", "second") }, "second", 0, ""},
		{func() { s.Disable("one") }, "", 403, "Forbidden"},
		{func() { s.Set("one", "third") }, "third", 0, ""},
		{func() { s.Forbid(true) }, "", 403, "Forbidden"},
		{func() { s.Forbid(false) }, "third", 0, ""},
		{func() { s.Fail(503) }, "", 503, ""},
		{func() { s.Fail(0) }, "third", 0, ""},
		{func() { s.Expire("one", time.Unix(1, 0)) }, "third", 0, ""},
		{func() { s.Delete("one") }, "", 404, "SecretNotFound"},
	}
	versions := map[azsecrets.ID]bool{}
	for i, step := range steps {
		step.do()
		got, err := client.GetSecret(t.Context(), "one", "", nil)
		var failed *azcore.ResponseError
		switch {
		case step.status == 0 && (err != nil || *got.Value != step.value || !*got.Attributes.Enabled || got.ID.Name() != "one"):
			t.Errorf("step %d: %+v, %v", i, got, err)
		case step.status == 0:
			versions[*got.ID] = true
		case !errors.As(err, &failed) || failed.StatusCode != step.status || failed.ErrorCode != step.code:
			t.Errorf("step %d: %v", i, err)
		}
	}
	if len(versions) != 3 || s.Reads("ONE") != len(steps) || s.Tokens(s.Resource()) != 1 {
		t.Errorf("%d versions, %d reads, %d tokens", len(versions), s.Reads("ONE"), s.Tokens(s.Resource()))
	}
}

func TestVaultRefuses(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.Set("one", "hidden")
	secret := s.URL() + "/secrets/one/?api-version=7.4"
	bearer := "Bearer " + s.Token(s.Resource())
	for label, test := range map[string]struct {
		url, authorization string
		status             int
		says               string
	}{
		"no token":        {secret, "", 401, "AKV10000"},
		"another scheme":  {secret, "Basic OnA=", 401, "AKV10000"},
		"another's token": {secret, "Bearer " + start(t).Token(s.Resource()), 401, "AKV10022"},
		"for storage":     {secret, "Bearer " + s.Token(keyvault.StorageResource), 401, "AKV10022"},
		"no version":      {s.URL() + "/secrets/one/", bearer, 400, "api-version"},
		"another route":   {s.URL() + "/keys/one?api-version=7.4", bearer, 404, "NotSupported"},
		"welcome":         {secret, bearer, 200, `"value":"hidden"`},
	} {
		status, body, challenge := call(t, s, test.url, map[string]string{"Authorization": test.authorization})
		if status != test.status || !strings.Contains(body, test.says) || (challenge != "") != (status == 401) {
			t.Errorf("%s: %d %s, challenge %q", label, status, body, challenge)
		}
		if strings.Contains(body, "hidden") != (status == 200) {
			t.Errorf("%s: %s", label, body)
		}
	}
	if got := s.Reads("one"); got != 1 {
		t.Errorf("%d reads", got)
	}
}

func TestInnerCodes(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.Set("one", "hidden")
	for want, arrange := range map[string]func(){
		`"innererror":{"code":"ForbiddenByRbac"}`:     func() { s.Forbid(true) },
		`"innererror":{"code":"ForbiddenByFirewall"}`: func() { s.Refuse(403, "Forbidden", "ForbiddenByFirewall") },
		`"innererror":{"code":"SecretDisabled"}`:      func() { s.Forbid(false); s.Disable("one") },
	} {
		arrange()
		status, body, _ := call(t, s, s.URL()+"/secrets/one?api-version=7.4", map[string]string{"Authorization": "Bearer " + s.Token(s.Resource())})
		if status != 403 || !strings.Contains(body, want) {
			t.Errorf("%d %s, want %s", status, body, want)
		}
	}
}

func TestIdentityRefuses(t *testing.T) {
	t.Parallel()
	s := start(t)
	endpoint, header := s.Identity()["IDENTITY_ENDPOINT"], s.Identity()["IDENTITY_HEADER"]
	good := "?api-version=2019-08-01&client_id=" + s.ClientID() + "&resource=" + keyvault.StorageResource
	for label, test := range map[string]struct {
		url, header string
		status      int
	}{
		"no header":           {endpoint + good, "", 401},
		"another header":      {endpoint + good, "x" + header, 401},
		"another API version": {endpoint + strings.Replace(good, "2019", "2017", 1), header, 400},
		"another client ID":   {endpoint + strings.Replace(good, "client_id=", "client_id=0", 1), header, 400},
		"no client ID":        {endpoint + strings.Replace(good, "client_id", "object_id", 1), header, 400},
		"another resource":    {endpoint + good + ".example", header, 400},
		"another path":        {endpoint + "s" + good, header, 404},
		"welcome":             {endpoint + good, header, 200},
	} {
		status, body, _ := call(t, s, test.url, map[string]string{"X-IDENTITY-HEADER": test.header})
		if status != test.status || strings.Contains(body, "access_token") != (status == 200) {
			t.Errorf("%s: %d %s", label, status, body)
		}
	}
	s.FailIdentity(500)
	if status, _, _ := call(t, s, endpoint+good, map[string]string{"X-IDENTITY-HEADER": header}); status != 500 {
		t.Error(status)
	}
	s.FailIdentity(0)
	if status, _, _ := call(t, s, endpoint+good, map[string]string{"X-IDENTITY-HEADER": header}); status != 200 {
		t.Error(status)
	}
	if got := s.Tokens(keyvault.StorageResource); got != 2 {
		t.Errorf("%d tokens", got)
	}
}

func TestAccepts(t *testing.T) {
	t.Parallel()
	s, other := start(t), start(t)
	token := s.Token(keyvault.AzureDevOpsResource)
	if !s.Accepts(token, keyvault.AzureDevOpsResource) {
		t.Error("its own token is not accepted")
	}
	if s.Accepts(token, keyvault.StorageResource) || other.Accepts(token, keyvault.AzureDevOpsResource) || s.Accepts("", "") {
		t.Error("a wrong token is accepted")
	}
}

// TestSlowEndsWithTheServer: Close does not wait for answers that nobody needs.
func TestSlowEndsWithTheServer(t *testing.T) {
	t.Parallel()
	s, err := keyvault.Start(keyvault.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.Slow(time.Hour)
	done := make(chan int)
	go func() {
		defer close(done) // so that a failure is not waited for
		status, _, _ := call(t, s, s.URL()+"/secrets/one?api-version=7.4", map[string]string{"Authorization": "Bearer " + s.Token(s.Resource())})
		done <- status
	}()
	for s.Reads("one") == 0 {
		time.Sleep(time.Millisecond)
	}
	s.Close()
	if status := <-done; status != 503 {
		t.Error(status)
	}
}
