package servicehooks

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"adoport/shared/basicauth"
	"adoport/shared/queue/memory"
)

// large is an event of a usual size, about 8 KB.
var large = strings.Replace(push, hidden, strings.Repeat("commits and their comments ", 300), 1)

func benchmarked() http.Handler {
	return New(Options{
		Queue: memory.New(nil), Kinds: []string{"repository", "project"},
		Credentials: basicauth.Credentials{Username: "adoport", Passwords: basicauth.Fixed(password)}, Observe: func(Event) {}, Logger: slog.New(slog.DiscardHandler),
	})
}

// BenchmarkHandler is the handler alone.
func BenchmarkHandler(b *testing.B) {
	h := benchmarked()
	body := []byte(large)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, delivery(bytes.NewReader(body)))
			if w.Code != http.StatusAccepted {
				b.Errorf("status %d", w.Code)
			}
		}
	})
}

// BenchmarkServer is the handler behind a server, 16 clients with a connection
// each: events a second, and how long an answer takes.
func BenchmarkServer(b *testing.B) {
	server := httptest.NewServer(benchmarked())
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer client.CloseIdleConnections()
	took := make(chan []time.Duration, 64)
	b.SetParallelism(8)
	b.RunParallel(func(pb *testing.PB) {
		var mine []time.Duration
		for pb.Next() {
			begin := time.Now()
			r := delivery(strings.NewReader(large))
			r.RequestURI, r.URL.Scheme, r.URL.Host = "", "http", server.Listener.Addr().String()
			resp, err := client.Do(r)
			if err != nil {
				b.Error(err)
				break
			}
			resp.Body.Close()
			mine = append(mine, time.Since(begin))
		}
		took <- mine
	})
	close(took)
	var all []time.Duration
	for some := range took {
		all = append(all, some...)
	}
	slices.Sort(all)
	b.ReportMetric(float64(len(all))/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
}
