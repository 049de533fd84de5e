package wake

import (
	"sync"
	"testing"
)

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// TestBell: a ring wakes all who waited before it, and nobody who comes later.
func TestBell(t *testing.T) {
	t.Parallel()
	var b Bell
	b.Ring()
	first, second := b.Rung(), b.Rung()
	if isClosed(first) || isClosed(second) {
		t.Fatal("a ring before them woke those who wait")
	}
	b.Ring()
	if !isClosed(first) || !isClosed(second) {
		t.Fatal("the ring did not wake all who wait")
	}
	later := b.Rung()
	if isClosed(later) {
		t.Fatal("a ring was heard twice")
	}
	b.Ring()
	if !isClosed(later) {
		t.Error("only the first ring wakes anybody")
	}
}

// TestBellIsNotMissed: who takes the channel before looking sees what was done
// before a ring, or hears it.
func TestBellIsNotMissed(t *testing.T) {
	t.Parallel()
	var b Bell
	var mu sync.Mutex
	done, want := 0, 100
	count := func() int {
		mu.Lock()
		defer mu.Unlock()
		return done
	}
	var waiters sync.WaitGroup
	for range 4 {
		waiters.Go(func() {
			for {
				rung := b.Rung()
				if count() == want {
					return
				}
				<-rung
			}
		})
	}
	for range want {
		mu.Lock()
		done++
		mu.Unlock()
		b.Ring()
	}
	waiters.Wait()
}
