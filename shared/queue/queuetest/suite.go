// Package queuetest is the conformance suite of ingest.Inbox: what every driver
// of a queue must do, whatever it is made of.
//
// The suite asserts on behavior only. It asks for no order of tasks, for whole
// seconds of delay and visibility only, and for not more than 10 tasks at a
// time, so that hosted queues can pass it. A test that a task stays invisible
// uses times of many minutes, so that a slow machine cannot break it; a test
// that a task comes back uses seconds, and lets them pass with Advance.
package queuetest

import (
	"testing"
	"time"

	"adoport/shared/ingest"
)

// Subject is one queue under test.
type Subject struct {
	// Inbox is empty, and nobody else uses it.
	Inbox ingest.Inbox
	// Advance lets d pass for the queue: it moves the driver's clock, or sleeps
	// if the driver lives by the real time. It returns when d has passed.
	Advance func(d time.Duration)
	// Tasks is how many tasks the stress test sends; 0 is 2,000.
	Tasks int
}

// Run tests a driver. factory makes a new, empty queue for every test and
// cleans up with t.Cleanup; it MUST be safe for concurrent use.
func Run(t *testing.T, factory func(t *testing.T) Subject) {
	t.Helper()
	tests := []struct {
		name string
		run  func(t *testing.T, s Subject)
	}{
		{"send, receive, done", testDone},
		{"send nothing", testSendNothing},
		{"tasks survive exactly", testRoundTrip},
		{"no aliasing", testNoAliasing},
		{"what was received is kept", testReceivedIsKept},
		{"limit", testLimit},
		{"len counts hidden tasks", testLen},
		{"delayed task is hidden", testDelayHides},
		{"delayed task appears", testDelayEnds},
		{"received task is hidden", testVisibilityHides},
		{"visibility ends", testVisibilityEnds},
		{"retry", testRetry},
		{"retry delay", testRetryDelay},
		{"return", testReturn},
		{"return delay", testReturnDelay},
		{"attempts add up", testAttempts},
		{"poison and requeue", testPoison},
		{"poisoned is oldest first", testPoisonOrder},
		{"requeue many", testRequeueMany},
		{"settle twice", testSettleTwice},
		{"settle after visibility", testSettleLate},
		{"settle after redelivery", testSettleStolen},
		{"receive waits for send", testReceiveWaitsForSend},
		{"receive waits for delay", testReceiveWaitsForDelay},
		{"receive waits for visibility", testReceiveWaitsForVisibility},
		{"receive waits for what is given back", testReceiveWaitsForSettlement},
		{"receive honors context", testReceiveContext},
		{"receivers never share a task", testNoSharing},
		{"stress", testStress},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.run(t, factory(t))
		})
	}
}
