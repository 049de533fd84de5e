package main

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	azuredevopssim "adoport/shared/simulator/azuredevops"
)

// TestAnyOrganizationConverges draws an organization and changes to it; after
// every round of changes one backfill makes the catalog equal to it.
func TestAnyOrganizationConverges(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := newWorld(t, azuredevopssim.Options{
			Projects:               rapid.IntRange(1, 4).Draw(r, "projects"),
			RepositoriesPerProject: rapid.IntRange(0, 4).Draw(r, "repositories"),
			PipelinesPerProject:    rapid.IntRange(0, 4).Draw(r, "pipelines"),
			WorkItemsPerProject:    rapid.IntRange(0, 30).Draw(r, "workItems"),
			Seed:                   rapid.Uint64().Draw(r, "seed"),
			Nasty:                  rapid.Bool().Draw(r, "nasty"),
		})
		w.environment["PRUNE_MAX_PERCENT"] = "100"
		w.backfill(t)
		w.checkEqual(t)
		for range rapid.IntRange(1, 3).Draw(r, "rounds") {
			for range rapid.IntRange(0, 12).Draw(r, "changes") {
				w.change(t, r)
			}
			w.backfill(t)
			w.checkEqual(t)
		}
	})
}

// change does one random thing in the organization. Drawing what does not exist
// changes nothing.
func (w *world) change(t *testing.T, r *rapid.T) {
	t.Helper()
	name := rapid.StringMatching(`[A-Za-zЖ日'" ._-]{1,12}[a-z]`).Draw(r, "name")
	o := w.azureDevOps
	onProject := func(do func(id string) error) {
		on(t, r, o.Projects(), func(p azuredevopssim.Project) error { return do(p.ID) })
	}
	onRepository := func(do func(id string) error) {
		on(t, r, o.Repositories(), func(p azuredevopssim.Repository) error { return do(p.ID) })
	}
	onPipeline := func(do func(id int) error) {
		on(t, r, o.Pipelines(), func(p azuredevopssim.Pipeline) error { return do(p.ID) })
	}
	onWorkItem := func(do func(id int) error) {
		on(t, r, slices.Collect(o.WorkItems), func(i azuredevopssim.WorkItem) error { return do(i.ID) })
	}
	switch rapid.IntRange(0, 13).Draw(r, "change") {
	case 0:
		_, _ = o.AddProject(name) // refused if the name is taken
	case 1:
		onProject(func(id string) error { _ = o.RenameProject(id, name); return nil })
	case 2:
		if len(o.Projects()) > 1 { // none at all is not believed
			onProject(o.DeleteProject)
		}
	case 3:
		onProject(func(id string) error { _, err := o.AddRepository(id, name); return ignore(err) })
	case 4:
		onRepository(func(id string) error { return ignore(o.RenameRepository(id, name)) })
	case 5:
		onRepository(o.DeleteRepository)
	case 6:
		onRepository(func(id string) error { return o.SetRepositoryDisabled(id, true) })
	case 7:
		onProject(func(id string) error { _, err := o.AddPipeline(id, name); return ignore(err) })
	case 8:
		onPipeline(func(id int) error { return ignore(o.RenamePipeline(id, name)) })
	case 9:
		onPipeline(o.DeletePipeline)
	case 10:
		onProject(func(id string) error {
			_, err := o.AddWorkItem(id, map[string]any{"System.Title": name, "System.WorkItemType": "Bug"})
			return err
		})
	case 11:
		onWorkItem(func(id int) error {
			return o.UpdateWorkItem(id, map[string]any{"System.Title": name, "System.State": "Active"})
		})
	case 12:
		onWorkItem(func(id int) error {
			return o.UpdateWorkItem(id, map[string]any{"Microsoft.VSTS.Common.Priority": nil})
		})
	case 13:
		onWorkItem(o.DeleteWorkItem)
	}
}

// on does something to one of all, if there is any.
func on[T any](t *testing.T, r *rapid.T, all []T, do func(T) error) {
	t.Helper()
	if len(all) == 0 {
		return
	}
	must(t, do(all[rapid.IntRange(0, len(all)-1).Draw(r, "which")]))
}

// ignore drops the refusal of a name that is taken.
func ignore(error) error { return nil }
