// Package bench measures the budgets of the design: it builds the command line,
// runs `adoport backfill` and `adoport run` as child processes against the
// stand-ins, and prints every budget beside what was measured. `make bench` runs
// it; docs/benchmarks.md tells how and has results.
//
// A missed budget is reported and does not fail.
package bench
