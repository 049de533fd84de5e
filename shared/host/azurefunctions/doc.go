// Package azurefunctions is the far end of the Azure Functions host: what a
// custom handler must understand and answer (Learn, "Azure Functions custom
// handlers"; where that page is wrong or silent, the source of
// Azure/azure-functions-host, src/WebJobs.Script.Rpc/Http).
//
// The host proxies requests of HTTP functions as they came. It turns every other
// trigger into POST /<function> with an envelope, and takes an answer that is not
// 2xx for a failed invocation. An answer of 2xx MUST be JSON and MUST have a
// body: without one the invocation hangs until the function's timeout, which
// kills this process with everything that is under way.
package azurefunctions
