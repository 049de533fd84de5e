// Package transport holds the HTTP policies that the Azure DevOps and the Port
// client share: retry, throttle gate, honest bodies, redaction, counting. Each
// is a policy of azcore's pipeline.
package transport
