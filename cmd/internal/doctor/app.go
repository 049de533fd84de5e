package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"adoport/functions/status"
)

// NameApp is the check of the app that takes the service hooks.
const NameApp = "deployed app"

const (
	hookPath   = "/api/servicehooks"
	statusPath = "/api/status"
	// maxStatus is how much of an answer is read.
	maxStatus = 4 << 20
)

// App is the app that takes the service hooks.
type App struct {
	// HookURL is SERVICE_HOOK_URL: https, or http where credentials may go over it.
	HookURL  string
	Username string
	// Password gives the one that service hooks send.
	Password func(ctx context.Context) (string, error)
	HTTP     *http.Client
	// Organization and Instance are what the app should be for.
	Organization, Instance string
}

// Check asks the app how it is.
func (a App) Check() Check {
	return Check{Name: NameApp, Needs: []string{NameSecret("SERVICE_HOOK_PASSWORD")}, Ask: func(ctx context.Context) Finding {
		base, ok := strings.CutSuffix(a.HookURL, hookPath)
		if !ok {
			return skip("SERVICE_HOOK_URL does not end in %s, so it is not known where the status is", hookPath)
		}
		answer, body, err := a.get(ctx, base+statusPath)
		if err != nil {
			return failure(ctx, base, err,
				"Is the app deployed and running, and is SERVICE_HOOK_URL its address? Start it, or look at its log; Azure DevOps does not reach it either.",
				"If only this computer does not reach it, look at its network rules.")
		}
		return a.judge(base, answer.StatusCode, body)
	}}
}

func (a App) get(ctx context.Context, address string) (*http.Response, []byte, error) {
	password, err := a.Password(ctx)
	if err != nil {
		return nil, nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, nil, errors.New("SERVICE_HOOK_URL is no URL")
	}
	request.Header.Set("Accept", "application/json")
	request.SetBasicAuth(a.Username, password)
	// The password MUST NOT follow a redirect.
	client := *a.HTTP
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := client.Do(request)
	if err != nil {
		if outer, ok := errors.AsType[*url.Error](err); ok {
			err = outer.Err
		}
		return nil, nil, fmt.Errorf("it cannot be reached: %w", err)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxStatus))
	if err = errors.Join(err, answer.Body.Close()); err != nil {
		return nil, nil, fmt.Errorf("its answer breaks off: %w", err)
	}
	return answer, body, nil
}

func (a App) judge(base string, code int, body []byte) Finding {
	var document status.Document
	isStatus := json.Unmarshal(body, &document) == nil && document.Version != ""
	switch {
	case code == http.StatusUnauthorized:
		return fail(base+" does not accept the password of the service hooks (401)",
			"The app has another SERVICE_HOOK_PASSWORD or SERVICE_HOOK_USERNAME: compare its settings, and the Key Vault, with these. After a change the app reads the vault again within 5 minutes.")
	case code == http.StatusOK && isStatus, code == http.StatusServiceUnavailable && isStatus:
		return a.judgeStatus(base, code, document)
	case code == http.StatusServiceUnavailable:
		return fail(base+" is not ready (503)"+reason(body), "Look at the log of the app: it says what has to be corrected.")
	default:
		return fail(fmt.Sprintf("%s answers %d, and not with the status of Adoport", base, code),
			"Is SERVICE_HOOK_URL the address of this app, and is the app deployed there? A sign-in or a gateway before the app must let /api/servicehooks through.")
	}
}

// reason is why an app says that it is not ready.
func reason(body []byte) string {
	var answer struct {
		Reason string `json:"reason"`
		Error  string `json:"error"`
	}
	if json.Unmarshal(body, &answer) != nil || answer.Reason+answer.Error == "" {
		return ""
	}
	return ": " + answer.Reason + answer.Error
}

// judgeStatus looks at what the app says of itself.
func (a App) judgeStatus(base string, code int, d status.Document) Finding {
	todo := append([]string{}, d.Problems...)
	for _, e := range d.Errors {
		todo = append(todo, "The app cannot read "+e.Part+": "+e.Error)
	}
	if !strings.EqualFold(d.Organization, a.Organization) {
		todo = append(todo, "The app is for "+d.Organization+", and these settings are for "+a.Organization+".")
	}
	if d.Instance != a.Instance {
		todo = append(todo, fmt.Sprintf("ADOPORT_INSTANCE of the app is %q, and here %q.", d.Instance, a.Instance))
	}
	switch {
	case code != http.StatusOK:
		return fail(fmt.Sprintf("%s runs version %s and can read nothing of what it keeps (%d)", base, d.Version, code),
			append(todo, "Look at the log of the app, and at its storage account.")...)
	case len(todo) > 0:
		return warn(fmt.Sprintf("%s runs version %s, with problems", base, d.Version), todo...)
	default:
		return fine("%s runs version %s, no problems", base, d.Version)
	}
}
