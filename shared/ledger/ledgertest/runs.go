package ledgertest

import (
	"errors"
	"fmt"
	"strconv"
	"testing"

	"adoport/shared/ingest"
)

func testCreate(t *testing.T, l Ledger) {
	full := runOf("full", 1)
	bare := ingest.Run{ID: "bare", StartedAt: at(2), Status: ingest.Running}
	create(t, l, full, bare)
	expectRun(t, l, full)
	expectRun(t, l, bare)
}

func testCreateExists(t *testing.T, l Ledger) {
	create(t, l, runOf("run-1", 1))
	other := runOf("run-1", 2)
	other.Mapping = "another"
	if err := l.Create(t.Context(), other); !errors.Is(err, ingest.ErrExists) {
		t.Errorf("Create of a taken ID = %v; want ErrExists", err)
	}
	expectRun(t, l, runOf("run-1", 1))
	finish(t, l, "run-1", ingest.Complete, "", at(3))
	if err := l.Create(t.Context(), other); !errors.Is(err, ingest.ErrExists) {
		t.Errorf("Create of an ended run's ID = %v; want ErrExists", err)
	}
}

func testCreateRace(t *testing.T, l Ledger) {
	won := race(t, 8, func(i int) (bool, error) {
		err := l.Create(t.Context(), runOf("run-1", i))
		if errors.Is(err, ingest.ErrExists) {
			return false, nil
		}
		return err == nil, err
	})
	if won != 1 {
		t.Errorf("%d of 8 created the run; want 1", won)
	}
}

func testRunNotFound(t *testing.T, l Ledger) {
	create(t, l, runOf("run-1", 1))
	_, err := l.Run(t.Context(), "run")
	expectNotFound(t, "Run", err)
	ended, err := l.Finish(t.Context(), "run", ingest.Complete, "", at(1))
	expectNotFound(t, "Finish", err)
	if ended {
		t.Error("Finish ended a run that does not exist")
	}
	_, err = l.FinishScope(t.Context(), keyIn("run", 0))
	expectNotFound(t, "FinishScope", err)
}

func testRuns(t *testing.T, l Ledger) {
	list := func(limit int) []string {
		t.Helper()
		runs, err := l.Runs(t.Context(), limit)
		must(t, "Runs", err)
		ids := make([]string, 0, len(runs))
		for _, r := range runs {
			ids = append(ids, r.ID)
		}
		return ids
	}
	expectEqual(t, "Runs of an empty ledger", []string(nil), list(5))
	// Neither the order of creation nor that of the IDs is the order of start.
	create(t, l, runOf("b", 30), runOf("d", 10), runOf("a", 40), runOf("c", 20))
	finish(t, l, "d", ingest.Complete, "", at(99))
	expectEqual(t, "Runs", []string{"a", "b", "c", "d"}, list(10))
	expectEqual(t, "Runs", []string{"a", "b", "c", "d"}, list(4))
	expectEqual(t, "the newest 3", []string{"a", "b", "c"}, list(3))
	expectEqual(t, "the newest", []string{"a"}, list(1))

	runs, err := l.Runs(t.Context(), 2)
	must(t, "Runs", err)
	expectEqual(t, "Runs, in full", []ingest.Run{runOf("a", 40), runOf("b", 30)}, runs)
}

func testRunAliasing(t *testing.T, l Ledger) {
	spoil := func(r ingest.Run) {
		r.Sources[0], r.Created[0], r.Skipped[0].Reason = "spoiled", "spoiled", "spoiled"
	}
	want := runOf("run-1", 1)
	given := runOf("run-1", 1)
	create(t, l, given)
	spoil(given)
	expectRun(t, l, want)

	got, err := l.Run(t.Context(), "run-1")
	must(t, "Run", err)
	spoil(got)
	expectRun(t, l, want)

	runs, err := l.Runs(t.Context(), 1)
	must(t, "Runs", err)
	spoil(runs[0])
	expectRun(t, l, want)
}

func testFinish(t *testing.T, l Ledger) {
	for i, status := range []ingest.Status{ingest.Complete, ingest.Incomplete, ingest.Failed} {
		want := runOf("run that is "+string(status), i)
		create(t, l, want)
		want.Status, want.Reason, want.FinishedAt = status, fmt.Sprintf("because of %d", i), at(50+i)
		if !finish(t, l, want.ID, want.Status, want.Reason, want.FinishedAt) {
			t.Errorf("Finish as %s = false; want true for a running run", status)
		}
		expectRun(t, l, want)
		for _, again := range []ingest.Status{ingest.Complete, ingest.Incomplete, ingest.Failed} {
			if finish(t, l, want.ID, again, "again", at(99)) {
				t.Errorf("Finish of a run that is %s already as %s = true; want false", status, again)
			}
		}
		expectRun(t, l, want)
	}
}

func testFinishRace(t *testing.T, l Ledger) {
	create(t, l, runOf("run-1", 1))
	winner := make(chan int, 8)
	won := race(t, 8, func(i int) (bool, error) {
		ended, err := l.Finish(t.Context(), "run-1", ingest.Failed, strconv.Itoa(i), at(i))
		if ended {
			winner <- i
		}
		return ended, err
	})
	if won != 1 {
		t.Fatalf("%d of 8 ended the run; want 1", won)
	}
	i := <-winner
	want := runOf("run-1", 1)
	want.Status, want.Reason, want.FinishedAt = ingest.Failed, strconv.Itoa(i), at(i)
	expectRun(t, l, want)
}

// testReadEnded: whoever ends a run reports on it next.
func testReadEnded(t *testing.T, l Ledger) {
	create(t, l, runOf("run-1", 1))
	page, prune := pageOf(keyIn("run-1", 0)), pruneOf("b", 1)
	save(t, l, page)
	must(t, "SavePrune", l.SavePrune(t.Context(), "run-1", prune))
	finish(t, l, "run-1", ingest.Complete, "", at(2))
	expectPage(t, l, page)
	expectPages(t, l, "run-1", page)
	expectPrunes(t, l, "run-1", prune)
}
