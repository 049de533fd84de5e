package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"adoport/cmd/internal/doctor"
	"adoport/shared/boltfile"
	"adoport/shared/ingest"
	queue "adoport/shared/queue/bolt"
)

// expect checks how a command ended, and that it says all of some words.
func (o outcome) expect(t *testing.T, code int, words ...string) {
	t.Helper()
	o.check(t, code)
	for _, word := range words {
		if !strings.Contains(o.out+o.err, word) {
			t.Errorf("%q is not in\n%s\n%s", word, o.out, o.err)
		}
	}
}

// setTasksAside puts one task aside in each queue, and lets one wait in the live
// one.
func setTasksAside(t *testing.T, live, walks ingest.Inbox) {
	t.Helper()
	for _, aside := range []struct {
		inbox ingest.Inbox
		task  ingest.Task
	}{
		{live, ingest.Task{Version: 1, Type: ingest.Refresh, Refs: []ingest.Ref{{Kind: "work-item", ID: "1"}, {Kind: "work-item", ID: "2"}, {Kind: "work-item", ID: "3"}, {Kind: "work-item", ID: "4"}}}},
		{walks, ingest.Task{Version: 1, Type: ingest.Walk, Run: "r", Source: "pipeline", Scope: ingest.Scope{ProjectID: "p", ProjectName: "Fabrikam"}, Page: 3}},
	} {
		must(t, aside.inbox.Send(t.Context(), 0, aside.task))
		received, err := aside.inbox.Receive(t.Context(), 1, time.Hour)
		must(t, err)
		must(t, aside.inbox.Poison(t.Context(), received[0], "Port answered\n422"))
	}
	must(t, live.Send(t.Context(), 0, ingest.Task{Version: 1, Type: ingest.Refresh, Refs: []ingest.Ref{{Kind: "project", ID: "1"}}}))
}

// listAndRequeue looks at what setTasksAside did, and undoes it.
func listAndRequeue(t *testing.T, w *world) {
	t.Helper()
	w.run(t, "tasks", "list").expect(t, exitDone,
		"QUEUE", "live      refresh work-item 1, work-item 2, work-item 3 and 1 more", `backfill  walk pipeline of project "Fabrikam", page 3`,
		"Port answered 422", "adoport tasks requeue")
	o := w.run(t, "tasks", "list", "-o", "json")
	o.expect(t, exitDone)
	var all []setAside
	must(t, json.Unmarshal([]byte(o.out), &all))
	if len(all) != 2 || all[0].Queue != "live" || len(all[0].Task.Refs) != 4 || all[1].Task.Run != "r" || all[1].At == "" {
		t.Errorf("%s", o.out)
	}
	o = w.run(t, "tasks", "requeue", "--queue", "live")
	o.expect(t, exitDone, "live: 1 task sent again")
	if strings.Contains(o.out, "backfill") {
		t.Errorf("the other queue was touched: %s", o.out)
	}
	w.run(t, "tasks", "list").expect(t, exitDone, "backfill  walk")
	o = w.run(t, "tasks", "requeue", "-o", "json")
	o.expect(t, exitDone)
	var sent []requeued
	must(t, json.Unmarshal([]byte(o.out), &sent))
	if len(sent) != 2 || sent[0] != (requeued{Queue: "live"}) || sent[1] != (requeued{Queue: "backfill", Requeued: 1}) {
		t.Errorf("%+v", sent)
	}
	w.run(t, "tasks", "list").expect(t, exitDone, "Nothing is set aside.")
}

func TestTasksInDataFolder(t *testing.T) {
	t.Parallel()
	w := hiddenWorld(t, small)
	folder := w.environment["ADOPORT_DATA"]
	w.run(t, "tasks", "list").expect(t, exitUsage, "there is no data in "+folder)

	file, err := boltfile.Open(folder)
	must(t, err)
	if filepath.Base(file.Path()) != doctor.DataFile {
		t.Errorf("the file is %s; doctor.DataFile is %s", file.Path(), doctor.DataFile)
	}
	live, err := queue.Open(t.Context(), file, "live", nil)
	must(t, err)
	walks, err := queue.Open(t.Context(), file, "backfill", nil)
	must(t, err)
	setTasksAside(t, live, walks)

	w.run(t, "tasks", "list").expect(t, exitFailed, "is in use by adoport run: stop it first")
	w.diagnose(t, exitDone).expect(t, doctor.NameFolder, doctor.OK, "adoport run is running")
	must(t, file.Close())
	w.diagnose(t, exitDone).expect(t, doctor.NameFolder, doctor.OK, "adoport run is not running")
	listAndRequeue(t, w)
}
