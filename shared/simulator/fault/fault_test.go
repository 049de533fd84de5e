package fault

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

const realBody = `{"count":2,"value":[{"id":1},{"id":2}]}`

// service is a server with faults before a handler that counts.
type service struct {
	*httptest.Server
	t        *testing.T
	injector *Injector
	carried  atomic.Int64
}

func newService(t *testing.T, o Options) *service {
	s := &service{t: t}
	s.injector = Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		s.carried.Add(1)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Real", "yes")
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, realBody)
	}), o)
	s.Server = httptest.NewServer(s.injector)
	s.Config.ErrorLog = nil
	t.Cleanup(s.Close)
	return s
}

// seen is what a caller sees of one request.
type seen struct {
	Status  int // 0 if there was no answer
	Broken  bool
	Carried bool
	JSON    bool
	header  http.Header
	body    string
}

// send sends one request on its own connection, so that the transport does not
// send it again by itself.
func (s *service) send(method string) seen {
	s.t.Helper()
	before := s.carried.Load()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.URL, strings.NewReader("{}"))
	if err != nil {
		s.t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return seen{Broken: true, Carried: s.carried.Load() > before}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		s.t.Fatal(err)
	}
	return seen{
		Status: response.StatusCode, Broken: err != nil, Carried: s.carried.Load() > before, JSON: json.Valid(body),
		header: response.Header, body: string(body),
	}
}

var ignoreDetails = cmp.FilterPath(func(p cmp.Path) bool {
	last := p.Last().String()
	return last == ".header" || last == ".body"
}, cmp.Ignore())

func TestKinds(t *testing.T) {
	t.Parallel()
	real := seen{Status: 201, Carried: true, JSON: true}
	tests := []struct {
		kind        Kind
		read, write []seen // what requests in turn see
	}{
		{Throttle, []seen{{Status: 429, JSON: true}}, []seen{{Status: 429, JSON: true}}},
		{SignIn, []seen{{Status: 203}}, []seen{{Status: 203}}},
		{Slow200, []seen{real}, []seen{real}},
		{
			ServerError,
			[]seen{{Status: 500, JSON: true}, {Status: 502}, {Status: 503, JSON: true}, {Status: 504}, {Status: 500, JSON: true}},
			[]seen{{Status: 500, JSON: true}, {Status: 502, Carried: true}, {Status: 503, JSON: true}, {Status: 504, Carried: true}},
		},
		{Reset, []seen{{Broken: true}, {Broken: true}}, []seen{{Broken: true}, {Broken: true, Carried: true}, {Broken: true}}},
		{
			Truncate,
			[]seen{{Status: 201, Broken: true, Carried: true}, {Status: 201, Carried: true}, {Status: 201, Broken: true, Carried: true}},
			[]seen{{Status: 200, Broken: true}, {Status: 200}, {Status: 201, Broken: true, Carried: true}, {Status: 201, Carried: true}, {Status: 200, Broken: true}},
		},
	}
	for _, test := range tests {
		t.Run(string(test.kind), func(t *testing.T) {
			t.Parallel()
			s := newService(t, Options{Rate: 1, Kinds: []Kind{test.kind}, RetryAfter: 1500 * time.Millisecond})
			for method, wants := range map[string][]seen{http.MethodGet: test.read, http.MethodPost: test.write} {
				for i, want := range wants {
					got := s.send(method)
					if diff := cmp.Diff(want, got, ignoreDetails, cmp.AllowUnexported(seen{})); diff != "" {
						t.Errorf("%s %d: %s", method, i, diff)
					}
					checkDetails(t, test.kind, got)
				}
			}
			if want := (map[Kind]int{test.kind: len(test.read) + len(test.write)}); !cmp.Equal(want, s.injector.Injected()) {
				t.Errorf("injected %v, want %v", s.injector.Injected(), want)
			}
		})
	}
}

func checkDetails(t *testing.T, kind Kind, got seen) {
	t.Helper()
	switch kind {
	case Throttle:
		if got.header.Get("Retry-After") != "2" || !strings.Contains(got.body, "TF400733") {
			t.Errorf("throttled: %v %s", got.header, got.body)
		}
	case SignIn:
		if !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
			t.Errorf("sign-in page: %v", got.header)
		}
	case Slow200:
		for _, name := range []string{"X-RateLimit-Resource", "X-RateLimit-Delay", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-Real"} {
			if got.header.Get(name) == "" {
				t.Errorf("no %s: %v", name, got.header)
			}
		}
		if got.header.Get("Retry-After") != "2" || got.body != realBody {
			t.Errorf("slow: %v %s", got.header, got.body)
		}
	case Truncate:
		if got.Status == 201 && got.body != realBody[:len(realBody)/2] {
			t.Errorf("cut to %q", got.body)
		}
		if promised := got.header.Get("Content-Length"); got.Broken == (promised == strconv.Itoa(len(got.body))) {
			t.Errorf("broken %t, but Content-Length is %s for %d bytes", got.Broken, promised, len(got.body))
		}
	}
}

func TestNoRetryAfter(t *testing.T) {
	t.Parallel()
	for after, want := range map[time.Duration]string{-1: "", 0: "0", time.Millisecond: "1", time.Second: "1"} {
		s := newService(t, Options{Rate: 1, Kinds: []Kind{Throttle}, RetryAfter: after})
		if got := s.send(http.MethodGet).header.Get("Retry-After"); got != want {
			t.Errorf("%s: Retry-After %q, want %q", after, got, want)
		}
	}
}

func TestEmptyAnswerCannotBeCut(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	}), Options{Rate: 1, Kinds: []Kind{Truncate}}))
	defer s.Close()
	response, err := http.Get(s.URL)
	if err == nil {
		response.Body.Close()
		t.Errorf("status %d, want a broken connection", response.StatusCode)
	}
}

// statuses are those of n requests that cannot break the connection.
func statuses(i *Injector, n int) []int {
	out := make([]int, n)
	for k := range out {
		w := httptest.NewRecorder()
		i.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		out[k] = w.Code
	}
	return out
}

func TestRateAndSeed(t *testing.T) {
	t.Parallel()
	inner := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	o := Options{Rate: 0.05, Kinds: []Kind{Throttle, ServerError, SignIn}, Seed: 5}
	first := Wrap(inner, o)
	a := statuses(first, 10_000)
	if diff := cmp.Diff(a, statuses(Wrap(inner, o), 10_000)); diff != "" {
		t.Errorf("the same seed gives other faults: %.300s", diff)
	}
	o.Seed = 6
	if cmp.Equal(a, statuses(Wrap(inner, o), 10_000)) {
		t.Error("another seed gives the same faults")
	}
	total := 0
	for _, kind := range o.Kinds {
		n := first.Injected()[kind]
		total += n
		if n < 100 {
			t.Errorf("%d of kind %s", n, kind)
		}
	}
	if total < 400 || total > 600 {
		t.Errorf("%d of 10000 failed, want about 500", total)
	}
}

func TestNoFaults(t *testing.T) {
	t.Parallel()
	inner := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	for _, o := range []Options{{}, {Rate: 1}, {Kinds: All()}} {
		for _, status := range statuses(Wrap(inner, o), 100) {
			if status != 200 {
				t.Errorf("%+v: status %d", o, status)
			}
		}
	}
}

func TestLatency(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		i := Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprint(w, time.Since(start))
		}), Options{Latency: 20 * time.Millisecond})
		w := httptest.NewRecorder()
		i.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		if !bytes.Equal(w.Body.Bytes(), []byte("20ms")) {
			t.Errorf("the handler ran after %s, want 20ms", w.Body)
		}
	})
}
