//go:build soak

package main

import (
	"flag"
	"os"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestSoak tells stories for some minutes: SOAK is a duration, 3m without it.
func TestSoak(t *testing.T) {
	d, err := time.ParseDuration(os.Getenv("SOAK"))
	if err != nil {
		d = 3 * time.Minute
	}
	must(t, flag.Set("rapid.checks", "1"))
	stories := 0
	for began := time.Now(); time.Since(began) < d; stories++ {
		rapid.Check(t, func(r *rapid.T) { tellStory(t, r) })
	}
	t.Logf("%d stories", stories)
}
