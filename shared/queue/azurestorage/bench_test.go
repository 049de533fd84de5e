package azurestorage

import (
	"fmt"
	"testing"
	"time"

	"adoport/shared/ingest"
)

// BenchmarkSend measures one Send of so many tasks to Azurite.
func BenchmarkSend(b *testing.B) {
	for _, n := range []int{1, 8, 32} {
		b.Run(fmt.Sprint("tasks=", n), func(b *testing.B) {
			q := onAzurite(b, newName(), patient())
			tasks := make([]ingest.Task, n)
			for i := range tasks {
				tasks[i] = task(i)
			}
			for b.Loop() {
				if err := q.Send(b.Context(), time.Hour, tasks...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkLife measures the life of one task: three requests.
func BenchmarkLife(b *testing.B) {
	q := onAzurite(b, newName(), patient())
	for b.Loop() {
		send(b, q, 1)
		if err := q.Done(b.Context(), receive(b, q)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkNew measures what a cold start pays.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		onAzurite(b, "live", patient())
	}
}
