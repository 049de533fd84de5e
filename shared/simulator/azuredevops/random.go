package azuredevops

import (
	"fmt"
	"time"
)

// seed is a source of numbers that are a pure function of what is asked for, so
// that any one work item can be computed without those before it.
type seed uint64

// The streams keep the numbers of one sort of thing apart from all others.
const (
	streamOrganization = iota + 1
	streamProject
	streamTeam
	streamRepository
	streamPipeline
	streamWorkItem
	streamPerson
	streamActivity
	streamSubscription
	streamEvent
	streamCommit
	streamRun
	streamPullRequest
	streamDelivery
)

const golden = 0x9E3779B97F4A7C15

// mix is the finalizer of SplitMix64.
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xBF58476D1CE4E5B9
	x ^= x >> 27
	x *= 0x94D049BB133111EB
	return x ^ x>>31
}

// of returns the seed of the n-th thing of a stream.
func (s seed) of(stream, n int) seed {
	return seed(mix(mix(uint64(s)+uint64(stream)*golden) + uint64(n)*golden))
}

// draw returns a number in [0, limit) for one purpose.
func (s seed) draw(purpose, limit int) int {
	return int(mix(uint64(s)+uint64(purpose)*golden) % uint64(limit))
}

// guid returns the version 4 GUID of the n-th thing of a stream.
func (s seed) guid(stream, n int) string {
	a, b := uint64(s.of(stream, n)), uint64(s.of(stream, n).of(stream, 1))
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x",
		a>>32, a>>16&0xFFFF, a&0xFFF, 0x8000|b>>48&0x3FFF, b&0xFFFFFFFFFFFF)
}

// epoch is before every time of the base data.
var epoch = time.Date(2024, time.March, 1, 8, 0, 0, 0, time.UTC)

// moment returns a time within days after t, in steps of 10 ms: the service
// omits the zeros at the end of a fraction, so lengths differ ("…:56.25Z").
func (s seed) moment(purpose int, t time.Time, days int) time.Time {
	return t.Add(time.Duration(s.draw(purpose, days*24*60*60*100)) * 10 * time.Millisecond)
}

// formatTime writes a time as the service does: UTC, up to three decimals, none
// at the end that are zero.
func formatTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.999Z") }
