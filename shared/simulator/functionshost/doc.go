// Package functionshost is a stand-in for the Azure Functions host that runs a
// custom handler. It runs a packaged app as Azure would: the script root with
// host.json, one first-level folder a function with its function.json, and the
// handler's executable; its queues are those of a storage account or of the
// emulator. It is for tests, and MUST NOT be linked into what is deployed.
//
// It was built from the host's source: Azure/azure-functions-host (called "host"
// in the comments here), Azure/azure-webjobs-sdk, Azure/azure-webjobs-sdk-extensions
// (timers, HTTP) and the storage queue extension of Azure/azure-sdk-for-net, and
// from pages of Microsoft Learn, cited by title. Where the host has a defect that
// a handler must live with, so has the stand-in: a handler that exits with 0 is
// never started again, an empty answer hangs until functionTimeout, and so on.
//
// Not emulated, and refused or told in the log if asked for: other bindings than
// httpTrigger, http, timerTrigger, queueTrigger and queue; binding expressions in
// braces; schedules that are time spans; routes in host.json; comments in JSON
// files; route constraints; managed identities; scaling. The status of timers,
// which Azure keeps in a blob, is kept in a Schedules.
package functionshost
