package infra

import (
	"slices"
	"strings"
)

// notOnFlex are app settings that Flex Consumption refuses or ignores (Learn,
// "Flex Consumption plan deprecations").
var notOnFlex = []string{
	"AzureWebJobsSecretStorageType", "ENABLE_ORYX_BUILD", "FUNCTIONS_EXTENSION_VERSION", "FUNCTIONS_MAX_HTTP_CONCURRENCY",
	"FUNCTIONS_WORKER_PROCESS_COUNT", "FUNCTIONS_WORKER_RUNTIME", "FUNCTIONS_WORKER_RUNTIME_VERSION",
	"SCM_DO_BUILD_DURING_DEPLOYMENT", "TZ", "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING", "WEBSITE_CONTENTOVERVNET",
	"WEBSITE_CONTENTSHARE", "WEBSITE_DNS_SERVER", "WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT", "WEBSITE_NODE_DEFAULT_VERSION",
	"WEBSITE_RUN_FROM_PACKAGE", "WEBSITE_SKIP_CONTENTSHARE_VALIDATION", "WEBSITE_TIME_ZONE", "WEBSITE_VNET_ROUTE_ALL",
}

// notInSite are properties of a site or its siteConfig that Flex Consumption
// refuses (the same page).
var notInSite = []string{
	"alwaysOn", "containerSize", "ftpsState", "functionAppScaleLimit", "functionsRuntimeScaleMonitoringEnabled", "isReserved",
	"isXenon", "javaVersion", "linuxFxVersion", "minimumElasticInstanceCount", "netFrameworkVersion", "nodeVersion",
	"phpVersion", "powerShellVersion", "preWarmedInstanceCount", "pythonVersion", "use32BitWorkerProcess", "websiteTimeZone",
	"windowsFxVersion",
}

// checkFlex finds what an app on Flex Consumption cannot have, and a plan or a
// runtime that is not that of a custom handler there.
func checkFlex(t *template) []problem {
	var list []problem
	for _, f := range t.sorted() {
		for n := range f.root.all("object") {
			for _, p := range n.properties() {
				if slices.ContainsFunc(notOnFlex, func(name string) bool { return strings.EqualFold(name, p.key) }) {
					list = append(list, f.problem(p.value, "Flex Consumption has no app setting %s", p.key))
				}
			}
		}
		for _, d := range f.of("resource") {
			switch {
			case d.existing:
			case d.resourceType() == "Microsoft.Web/serverfarms":
				list = append(list, checkLiteral(f, d, "FC1", "sku", "name")...)
			case d.resourceType() == "Microsoft.Web/sites":
				list = append(list, checkSite(f, d)...)
			}
		}
	}
	return list
}

func checkSite(f *file, site *declaration) []problem {
	var list []problem
	list = append(list, checkLiteral(f, site, "functionapp,linux", "kind")...)
	list = append(list, checkLiteral(f, site, "custom", "properties", "functionAppConfig", "runtime", "name")...)
	list = append(list, checkLiteral(f, site, "1.0", "properties", "functionAppConfig", "runtime", "version")...)
	properties := site.value.at("properties")
	for _, p := range slices.Concat(properties.properties(), properties.at("siteConfig").properties()) {
		if slices.Contains(notInSite, p.key) {
			list = append(list, f.problem(p.value, "Flex Consumption has no property %s", p.key))
		}
	}
	return list
}

// checkLiteral finds a property of a resource that is not a string.
func checkLiteral(f *file, d *declaration, want string, keys ...string) []problem {
	if got, _ := d.value.at(keys...).literal(); got != want {
		return []problem{f.problem(d.node, "%s of %s is not %s", strings.Join(keys, "."), d.name, want)}
	}
	return nil
}
