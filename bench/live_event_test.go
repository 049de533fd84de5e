package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// item is a work item whose changes are told.
type item struct {
	id      int
	project string
}

// items returns the first n work items of the organization. Their ids go round
// the projects.
func (w *world) items(n int) []item {
	all := make([]item, 0, n)
	for i := range w.azureDevOps.WorkItems {
		if len(all) == n {
			break
		}
		all = append(all, item{i.ID, i.ProjectID})
	}
	return all
}

// change changes a work item.
func (w *world) change(i item, number int) error {
	return w.azureDevOps.UpdateWorkItem(i.id, map[string]any{"System.Title": fmt.Sprintf("Changed by event %d", number)})
}

// template is the body of a workitem.updated event, in which the ids are to be
// replaced.
type template []byte

// sampleID and sampleProject are what the sample has in their place.
const (
	sampleID      = 845
	sampleProject = "9a3f2b10-4c5d-4e6f-8a7b-1c2d3e4f5a60"
)

// newTemplate reads the sample payload that the parser's tests have.
func newTemplate(tb testing.TB) template {
	tb.Helper()
	file := filepath.Join("..", "shared", "servicehook", "testdata", "events", "workitem.updated.json")
	data, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	if !bytes.Contains(data, []byte(strconv.Itoa(sampleID))) || !bytes.Contains(data, []byte(sampleProject)) || !json.Valid(data) {
		tb.Fatalf("%s has no work item %d in project %s", file, sampleID, sampleProject)
	}
	return data
}

// about returns the body of an event about a work item.
func (t template) about(i item) []byte {
	body := bytes.ReplaceAll(t, []byte(strconv.Itoa(sampleID)), []byte(strconv.Itoa(i.id)))
	return bytes.ReplaceAll(body, []byte(sampleProject), []byte(i.project))
}

// wrong counts the entities that are not what the organization says: work items
// that are missing or have another title or revision, and all that are too many.
func (w *world) wrong() int {
	stored := map[string]string{}
	for e := range w.port.All("azure_devops_work_item") {
		stored[e.Identifier] = fmt.Sprint(e.Title, " ", e.Properties["revision"])
	}
	wrong := max(w.stored()-w.size.entities(), 0)
	for i := range w.azureDevOps.WorkItems {
		if stored[strconv.Itoa(i.ID)] != fmt.Sprint(i.Fields["System.Title"], " ", i.Rev) {
			wrong++
		}
	}
	return wrong
}
