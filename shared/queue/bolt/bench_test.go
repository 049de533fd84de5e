package bolt

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"adoport/shared/ingest"
)

// latencies collects how long calls took. It is safe for concurrent use.
type latencies struct {
	mu   sync.Mutex
	list []time.Duration
}

func (l *latencies) add(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, d)
}

// report adds quantiles to the benchmark's result.
func (l *latencies) report(b *testing.B) {
	b.Helper()
	slices.Sort(l.list)
	for name, q := range map[string]float64{"p50-ms": 0.5, "p99-ms": 0.99, "max-ms": 1} {
		d := l.list[min(int(q*float64(len(l.list))), len(l.list)-1)]
		b.ReportMetric(float64(d)/float64(time.Millisecond), name)
	}
}

func refresh(i int) ingest.Task {
	return ingest.Task{
		Version: ingest.TaskVersion, Type: ingest.Refresh,
		Refs: []ingest.Ref{{Kind: "work-item", ID: strconv.Itoa(i), ProjectID: "6ce954b1-ce1f-45d1-b94d-e6bf2464ba2c"}},
	}
}

// BenchmarkSend measures how many events so many senders get acknowledged, each
// waiting for one before it sends the next.
func BenchmarkSend(b *testing.B) {
	for _, senders := range []int{1, 4, 16, 64, 256} {
		b.Run(fmt.Sprint("senders=", senders), func(b *testing.B) {
			q := openQueue(b, openFile(b, b.TempDir()), "live", nil)
			var took latencies
			var sent atomic.Int64
			b.ResetTimer()
			var wg sync.WaitGroup
			for range senders {
				wg.Go(func() {
					for i := sent.Add(1); i <= int64(b.N); i = sent.Add(1) {
						begin := time.Now()
						if err := q.Send(b.Context(), 0, refresh(int(i))); err != nil {
							b.Error(err)
							return
						}
						took.add(time.Since(begin))
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
			took.report(b)
		})
	}
}

// BenchmarkHooks measures how long the acknowledgement of an event takes when
// 1,000 come every second, whatever became of those before, and workers receive
// and settle them meanwhile. Run it with -benchtime 10000x for ten seconds.
func BenchmarkHooks(b *testing.B) {
	for _, perSecond := range []int{1_000, 3_000} {
		b.Run(fmt.Sprint("events/s=", perSecond), func(b *testing.B) {
			q := openQueue(b, openFile(b, b.TempDir()), "live", nil)
			ctx, cancel := context.WithCancel(b.Context())
			var settled atomic.Int64
			var workers, senders sync.WaitGroup
			for range 16 {
				workers.Go(func() { settleAll(ctx, b, q, &settled) })
			}
			var took latencies
			b.ResetTimer()
			begin := time.Now()
			for i := range b.N {
				due := begin.Add(time.Duration(i) * time.Second / time.Duration(perSecond))
				time.Sleep(time.Until(due))
				senders.Go(func() {
					if err := q.Send(ctx, 0, refresh(i)); err != nil {
						b.Error(err)
					}
					took.add(time.Since(due))
				})
			}
			senders.Wait()
			b.StopTimer()
			left, err := q.Len(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			cancel()
			workers.Wait()
			b.ReportMetric(float64(left), "left")
			took.report(b)
		})
	}
}

// settleAll receives and settles until ctx ends.
func settleAll(ctx context.Context, b *testing.B, q *Queue, settled *atomic.Int64) {
	for {
		deliveries, err := q.Receive(ctx, 4, time.Minute)
		for _, d := range deliveries {
			if err == nil {
				err = q.Done(ctx, d)
				settled.Add(1)
			}
		}
		if errors.Is(err, context.Canceled) {
			return
		}
		if err != nil {
			b.Error(err)
			return
		}
	}
}

// fill sends n tasks that wait.
func fill(b *testing.B, q *Queue, n int) {
	b.Helper()
	for sent := 0; sent < n; {
		var tasks []ingest.Task
		for ; sent < n && len(tasks) < 10_000; sent++ {
			tasks = append(tasks, refresh(sent))
		}
		if err := q.Send(b.Context(), time.Hour, tasks...); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLife measures the life of one task among 100,000 others: three
// commits.
func BenchmarkLife(b *testing.B) {
	q := openQueue(b, openFile(b, b.TempDir()), "live", nil)
	fill(b, q, 100_000)
	for b.Loop() {
		if err := q.Send(b.Context(), 0, refresh(0)); err != nil {
			b.Fatal(err)
		}
		deliveries, err := q.Receive(b.Context(), 1, time.Minute)
		if err != nil {
			b.Fatal(err)
		}
		if err := q.Done(b.Context(), deliveries[0]); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLen counts 100,000 tasks.
func BenchmarkLen(b *testing.B) {
	q := openQueue(b, openFile(b, b.TempDir()), "live", nil)
	fill(b, q, 100_000)
	for b.Loop() {
		if n, err := q.Len(b.Context()); n != 100_000 || err != nil {
			b.Fatal(n, err)
		}
	}
}

// BenchmarkOpen opens a file in which 100,000 tasks wait.
func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	f := openFile(b, dir)
	fill(b, openQueue(b, f, "live", nil), 100_000)
	for b.Loop() {
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
		f = openFile(b, dir)
		openQueue(b, f, "live", nil)
	}
}
