// Package hooks reads and writes service-hook subscriptions through Azure
// DevOps' REST API (area hooks): the servicehook.API of an organization.
package hooks
