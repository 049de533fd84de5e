package main

import (
	"fmt"
	"net/http"
	"os"
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

// BenchmarkHostMemory measures what the handler holds while it fills the catalog
// of a large organization: BENCH_ITEMS work items, 100,000 by default.
func BenchmarkHostMemory(b *testing.B) {
	items := 100_000
	if text := os.Getenv("BENCH_ITEMS"); text != "" {
		n, err := strconv.Atoi(text)
		must(b, err)
		items = n
	}
	d := deploy(b, func(d *deployment) {
		d.serve(b, azuredevopssim.Options{Projects: 20, RepositoriesPerProject: 10, PipelinesPerProject: 4, WorkItemsPerProject: items / 20})
	})
	began := time.Now()
	d.tick(b, "backfill")
	d.runEnds(b)
	b.ReportMetric(time.Since(began).Seconds(), "fill-s")
	b.ReportMetric(float64(peak(b, d.host.HandlerPID()))/1e6, "peak-RSS-MB")
	b.ReportMetric(0, "ns/op")
	if n := d.port.Count("azure_devops_work_item"); n != items/20*20 {
		b.Errorf("the catalog has %d work items of %d", n, items)
	}
}

// peak is the highest resident set size of a process in bytes, 0 where there is no
// /proc.
func peak(b *testing.B, pid int) int64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	var kilobytes int64
	_, err = fmt.Sscan(after, &kilobytes)
	must(b, err)
	return kilobytes * 1024
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
