package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"adoport/cmd/internal/doctor"
	azuredevopssim "adoport/shared/simulator/azuredevops"
	"adoport/shared/simulator/azurite"
	keyvaultsim "adoport/shared/simulator/keyvault"
)

// hiddenMark is in every secret of a hiddenWorld, so that no output can hold one
// unseen; hiddenKey is in keys of storage accounts, which are base64.
const (
	hiddenMark = "s3cret"
	hiddenKey  = "czNjcmV0"
)

// hiddenWorld is a world whose secrets are marked, with a folder of its own.
func hiddenWorld(t *testing.T, o azuredevopssim.Options) *world {
	t.Helper()
	o.PAT = hiddenMark + "-token"
	w := newWorld(t, hooked(o))
	w.port.SetSecret(hiddenMark + "-client")
	w.set("AZURE_DEVOPS_APP_PASSWORD", o.PAT, "PORT_CLIENT_SECRET", hiddenMark+"-client",
		"SERVICE_HOOK_PASSWORD", hiddenMark+"-hook", "ADOPORT_DATA", filepath.Join(t.TempDir(), "data"))
	return w
}

// set sets variables, "" is not set.
func (w *world) set(pairs ...string) {
	for i := 0; i < len(pairs); i += 2 {
		w.environment[pairs[i]] = pairs[i+1]
	}
}

// front puts a server before a simulator. instead answers a request, or returns
// false to let it pass.
func front(t *testing.T, inner http.Handler, instead func(w http.ResponseWriter, r *http.Request) bool) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !instead(w, r) {
			inner.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// refuse makes Azure DevOps answer requests, by a part of their path, with a
// status.
func (w *world) refuse(t *testing.T, part string, status int) {
	t.Helper()
	url := front(t, w.azureDevOps, func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, part) {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"message": "TF400813: no (%d).", "typeKey": "UnauthorizedRequestException"}`, status)
		return true
	})
	w.set("AZURE_DEVOPS_ORG_URL", url+"/fabrikam")
}

// diagnose runs doctor, and checks its exit code and that no secret gets out.
func (w *world) diagnose(t *testing.T, code int, flags ...string) diagnosis {
	t.Helper()
	o := w.run(t, append([]string{"doctor", "-o", "json"}, flags...)...)
	return o.diagnosis(t, code)
}

func (o outcome) diagnosis(t *testing.T, code int) diagnosis {
	t.Helper()
	o.check(t, code)
	var d diagnosis
	if err := json.Unmarshal([]byte(o.out), &d); err != nil {
		t.Fatalf("%v\n%s\n%s", err, o.out, o.err)
	}
	for _, r := range d.Checks {
		if r.Name == "" || r.Detail == "" || r.Todo == nil || r.State == doctor.Failed && len(r.Todo) == 0 {
			t.Errorf("a result that does not say enough: %+v", r)
		}
	}
	return d
}

// check checks the exit code of a command, and that it shows no secret.
func (o outcome) check(t *testing.T, code int) {
	t.Helper()
	if o.code != code {
		t.Errorf("exit %d, want %d\n%s\n%s", o.code, code, o.out, o.err)
	}
	if all := o.out + o.err; strings.Contains(all, hiddenMark) || strings.Contains(all, hiddenKey) || strings.Contains(all, azurite.Key) {
		t.Errorf("a secret is shown:\n%s", all)
	}
}

// expect checks the state of a result, and that it says all of some words.
func (d diagnosis) expect(t *testing.T, name string, state doctor.State, words ...string) {
	t.Helper()
	for _, r := range d.Checks {
		if r.Name != name {
			continue
		}
		text := strings.Join(append([]string{r.Detail}, r.Todo...), "\n")
		if r.State != state {
			t.Errorf("%s is %s, want %s\n%s", name, r.State, state, text)
		}
		for _, word := range words {
			if !strings.Contains(text, word) {
				t.Errorf("%s does not say %q\n%s", name, word, text)
			}
		}
		return
	}
	t.Errorf("there is no %q in %+v", name, d.Checks)
}

// only checks that nothing but the named checks has a state.
func (d diagnosis) only(t *testing.T, state doctor.State, names ...string) {
	t.Helper()
	var got []string
	for _, r := range d.Checks {
		if r.State == state {
			got = append(got, r.Name)
		}
	}
	if strings.Join(got, "; ") != strings.Join(names, "; ") {
		t.Errorf("%s are %q, want %q", state, got, names)
	}
}

// child runs a command in a process of its own: only such a one can trust the
// certificate of the simulated Key Vault.
func (w *world) child(t *testing.T, vault *keyvaultsim.Server, args ...string) outcome {
	t.Helper()
	variables, err := vault.Environment(t.TempDir())
	must(t, err)
	command := exec.CommandContext(t.Context(), "adoport", args...)
	command.Env = append(os.Environ(), variables...)
	for name, value := range w.environment {
		if value != "" {
			command.Env = append(command.Env, name+"="+value)
		}
	}
	var out, errs strings.Builder
	command.Stdout, command.Stderr = &out, &errs
	_ = command.Run() // its exit code says it
	return outcome{command.ProcessState.ExitCode(), out.String(), errs.String()}
}

// write writes a file for a test and returns its path.
func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	must(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}
