// Package bench measures the budgets of the design that concern the backfill:
// it builds the command line, runs it as a child process against the stand-ins,
// and prints every budget beside what was measured. `make bench` runs it;
// docs/benchmarks.md tells how and has results.
//
// A missed budget is reported and does not fail.
package bench
