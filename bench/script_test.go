package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"adoport/shared/azuredevops"
	"adoport/shared/defaultcatalog"
)

// script does the same work with the requests of the original script: one
// project after the other, one request at a time, one POST for each entity. It
// is the baseline of the speed-up.
type script struct {
	client            *http.Client
	organization, api string
	token             string
}

// object is a decoded JSON object.
type object = map[string]any

// newScript prepares what the script expects to be there: the blueprints, and a
// token.
func newScript(ctx context.Context, w *world) (*script, error) {
	for _, b := range defaultcatalog.Blueprints() {
		encoded, err := json.Marshal(b)
		if err != nil {
			return nil, fmt.Errorf("encoding blueprint %s: %w", b.Identifier, err)
		}
		if err := w.port.PutBlueprint(encoded); err != nil {
			return nil, fmt.Errorf("creating blueprint %s: %w", b.Identifier, err)
		}
	}
	s := &script{
		client:       &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()},
		organization: w.azureDevOpsURL + "/fabrikam", api: w.portURL + "/v1",
	}
	var answer struct{ AccessToken string }
	err := s.send(ctx, http.MethodPost, s.api+"/auth/access_token", object{"clientId": "client", "clientSecret": "secret"}, &answer)
	s.token = answer.AccessToken
	return s, err
}

func (s *script) close() { s.client.CloseIdleConnections() }

// run brings the first projects of the organization to the catalog, and returns
// how many entities they have.
func (s *script) run(ctx context.Context, projects int) (entities int, _ error) {
	list, err := s.list(ctx, "_apis/projects", nil)
	if err != nil {
		return 0, err
	}
	for _, p := range list[:min(projects, len(list))] {
		n, err := s.project(ctx, p)
		entities += n
		if err != nil {
			return entities, fmt.Errorf("project %v: %w", p["name"], err)
		}
	}
	return entities, nil
}

func (s *script) project(ctx context.Context, p object) (entities int, _ error) {
	id, name := p["id"].(string), p["name"].(string)
	repositories, err := s.list(ctx, id+"/_apis/git/repositories", nil)
	if err != nil {
		return 0, err
	}
	pipelines, err := s.list(ctx, id+"/_apis/pipelines", nil)
	if err != nil {
		return 0, err
	}
	workItems, err := s.workItems(ctx, id, name)
	if err != nil {
		return 0, err
	}
	for _, kind := range []struct {
		blueprint string
		items     []object
		entity    func(item object, project string) object
	}{
		{"azure_devops_project", []object{p}, projectEntity},
		{"azure_devops_repository", repositories, repositoryEntity},
		{"azure_devops_pipeline", pipelines, pipelineEntity},
		{"azure_devops_work_item", workItems, workItemEntity},
	} {
		to := s.api + "/blueprints/" + kind.blueprint + "/entities?upsert=true"
		for _, item := range kind.items {
			if err := s.send(ctx, http.MethodPost, to, kind.entity(item, id), nil); err != nil {
				return entities, err
			}
			entities++
		}
	}
	return entities, nil
}

func (s *script) workItems(ctx context.Context, project, name string) ([]object, error) {
	query := "SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = " + azuredevops.Quote(name)
	var found struct{ WorkItems []struct{ ID int } }
	err := s.send(ctx, http.MethodPost, s.organization+"/"+project+"/_apis/wit/wiql?api-version=7.1", object{"query": query}, &found)
	if err != nil {
		return nil, err
	}
	var all []object
	for batch := range slices.Chunk(found.WorkItems, 200) {
		ids := make([]int, len(batch))
		for i, w := range batch {
			ids[i] = w.ID
		}
		items, err := s.list(ctx, project+"/_apis/wit/workitemsbatch", object{"ids": ids})
		if err != nil {
			return nil, err
		}
		all = append(all, items...)
	}
	return all, nil
}

// list returns the value of an answer of Azure DevOps: of a GET, or of a POST if
// there is a body.
func (s *script) list(ctx context.Context, path string, body object) ([]object, error) {
	method := http.MethodGet
	if body != nil {
		method = http.MethodPost
	}
	var answer struct{ Value []object }
	err := s.send(ctx, method, s.organization+"/"+path+"?api-version=7.1", body, &answer)
	return answer.Value, err
}

func (s *script) send(ctx context.Context, method, to string, body object, answer any) error {
	var encoded bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&encoded).Encode(body); err != nil {
			return fmt.Errorf("encoding a request: %w", err)
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, to, &encoded)
	if err != nil {
		return fmt.Errorf("making a request: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	if strings.HasPrefix(to, s.organization) {
		request.SetBasicAuth("", "pat")
	} else {
		request.Header.Set("Authorization", "Bearer "+s.token)
	}
	response, err := s.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, to, err)
	}
	if response.StatusCode >= 300 || response.StatusCode == http.StatusNonAuthoritativeInfo {
		return fmt.Errorf("%s %s: %s: %s", method, to, response.Status, data)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(data, answer)
}
