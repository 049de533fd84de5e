// Package fault is HTTP middleware for the demo and the tests: it adds latency
// and makes a share of the requests fail in the ways in which real services and
// networks fail. It MUST NOT be linked into what is deployed.
package fault
