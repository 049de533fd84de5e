package doctor

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"adoport/shared/boltfile"
	"adoport/shared/ingest"
)

func TestReadOnly(t *testing.T) {
	t.Parallel()
	asked := map[string]bool{}
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked[r.Method] = true }))
	defer s.Close()
	for _, method := range []string{"GET", "HEAD", "PUT", "POST", "PATCH", "MERGE", "DELETE"} {
		request, err := http.NewRequestWithContext(t.Context(), method, s.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := ReadOnly{HTTP: s.Client()}.Do(request)
		reads := method == "GET" || method == "HEAD"
		if reads != (err == nil) || reads != asked[method] || reads == errors.Is(err, ErrReadOnly) {
			t.Errorf("%s: %v, asked %t", method, err, asked[method])
		}
		var final interface{ NonRetriable() }
		if err == nil {
			answer.Body.Close()
		} else if !errors.As(err, &final) {
			t.Errorf("%s would be tried again: %v", method, err)
		}
	}
}

// inbox has a number of tasks that wait, and of those set aside.
type inbox struct {
	waiting, aside    int
	lenErr, poisonErr error
}

func (i inbox) Len(context.Context) (int, error) { return i.waiting, i.lenErr }

func (i inbox) Poisoned(context.Context) ([]ingest.Poisoned, error) {
	return make([]ingest.Poisoned, i.aside), i.poisonErr
}

func TestQueue(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		inbox
		state  State
		detail string
	}{
		"empty":            {inbox{}, OK, "it can be read; 0 tasks waiting, none set aside"},
		"one waits":        {inbox{waiting: 1}, OK, "it can be read; 1 task waiting, none set aside"},
		"aside":            {inbox{waiting: 2, aside: 3}, Warning, "3 tasks set aside because they failed too often, 2 waiting"},
		"many aside":       {inbox{aside: 32}, Warning, "32 tasks or more set aside because they failed too often, 0 waiting"},
		"not there":        {inbox{lenErr: ErrReadOnly}, Warning, "it does not exist yet"},
		"none was aside":   {inbox{poisonErr: ErrReadOnly}, OK, "it can be read; 0 tasks waiting, none set aside"},
		"closed":           {inbox{lenErr: errors.New("no")}, Failed, "no"},
		"cannot be peeked": {inbox{poisonErr: errors.New("no")}, Failed, "no"},
	}
	for name, test := range tests {
		check := Queue("q", test.inbox, nil)
		f := check.Ask(t.Context())
		if check.Name != "storage: queue q" || f.State != test.state || f.Detail != test.detail || (f.State == OK) != (len(f.Todo) == 0) {
			t.Errorf("%s: %s %+v", name, check.Name, f)
		}
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	runs := func(list []ingest.Run, err error) Finding {
		return Table("t", func(context.Context, int) ([]ingest.Run, error) { return list, err }, nil).Ask(t.Context())
	}
	for _, test := range []struct {
		Finding
		state State
		words string
	}{
		{runs(nil, nil), OK, "no backfill yet"},
		{runs([]ingest.Run{{Status: ingest.Complete}}, nil), OK, "the last backfill is complete"},
		{runs(nil, ErrReadOnly), Warning, "does not exist yet"},
		{runs(nil, errors.New("no")), Failed, "no"},
	} {
		if test.State != test.state || !strings.Contains(test.Detail, test.words) {
			t.Errorf("%+v, want %s", test.Finding, test.words)
		}
	}
}

func TestFolder(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	missing, file, broken := filepath.Join(root, "a", "b"), filepath.Join(root, "file"), filepath.Join(root, "broken")
	must(t, os.WriteFile(file, nil, 0o600))
	must(t, os.Mkdir(broken, 0o700))
	must(t, os.WriteFile(filepath.Join(broken, DataFile), []byte(strings.Repeat("no data file ", 1000)), 0o600))
	filled := filepath.Join(root, "filled")
	data, err := boltfile.Open(filled)
	must(t, err)
	expect := func(path string, state State, words string) {
		t.Helper()
		f := Folder(path).Ask(t.Context())
		if f.State != state || !strings.Contains(f.Detail, words) || (state == Failed) != (len(f.Todo) > 0) {
			t.Errorf("%s: %+v, want %s", path, f, words)
		}
	}
	expect(root, OK, "no data yet")
	expect(missing, OK, "no data yet")
	expect(file, Failed, "not a directory")
	expect(filepath.Join(file, "below"), Failed, "cannot be used")
	expect(broken, Failed, "damaged")
	expect(filled, OK, "adoport run is running")
	must(t, data.Close())
	expect(filled, OK, "adoport run is not running")
	entries, err := os.ReadDir(root)
	must(t, err)
	if len(entries) != 3 {
		t.Errorf("something was left: %v", entries)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
