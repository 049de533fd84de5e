package main

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	azuredevopssim "adoport/shared/simulator/azuredevops"
	"adoport/shared/simulator/truth"
)

// latency is what every request to either side takes.
const latency = 20 * time.Millisecond

func delayed(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(latency)
		h.ServeHTTP(w, r)
	})
}

// BenchmarkHost measures the packaged app in the stand-in of the Functions host,
// with Azurite: a fill of 6,300 entities, an unchanged run, and single events. The
// host's own waits are part of it: it looks at an idle queue once a second.
func BenchmarkHost(b *testing.B) {
	d := deploy(b, func(d *deployment) {
		d.middleware = delayed
		d.serve(b, azuredevopssim.Options{Projects: 20, RepositoriesPerProject: 10, PipelinesPerProject: 4, WorkItemsPerProject: 300})
		d.options.MaxPollingInterval = 0
	})
	began := time.Now()
	d.tick(b, "subscriptions")
	d.runEnds(b)
	b.ReportMetric(time.Since(began).Seconds(), "fill-s")
	if difference := truth.Difference(d.organization, d.port); difference != "" {
		b.Fatal(difference)
	}
	b.ReportMetric(float64(requests(d.port.Requests()))/6300, "PortRequests/entity")
	before := requests(d.port.Requests())
	began = time.Now()
	d.tick(b, "backfill")
	d.runEnds(b)
	b.ReportMetric(time.Since(began).Seconds(), "unchanged-s")
	b.ReportMetric(float64(requests(d.port.Requests())-before), "unchangedPortRequests")
	var took []time.Duration
	for i := range 20 {
		began := time.Now()
		must(b, d.organization.UpdateWorkItem(i+1, map[string]any{"System.Title": began.String()}))
		eventually(b, func() string {
			if e, ok := d.port.Entity("azure_devops_work_item", strconv.Itoa(i+1)); !ok || e.Title != began.String() {
				return "the title is not there"
			}
			return ""
		})
		took = append(took, time.Since(began))
		time.Sleep(1500 * time.Millisecond) // the system is idle again
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Milliseconds()), "event-p50-ms")
	b.ReportMetric(0, "ns/op")
}

func requests(counts map[string]int) int {
	sum := 0
	for route, n := range counts {
		if !strings.Contains(route, "auth") {
			sum += n
		}
	}
	return sum
}
