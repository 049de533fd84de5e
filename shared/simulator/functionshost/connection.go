package functionshost

import "strings"

// storageSetting is the setting of the account that the host itself uses.
const storageSetting = "AzureWebJobsStorage"

// connection returns the connection string that a binding names: the setting of
// that name with AzureWebJobs before it, or else the setting itself; no name is
// AzureWebJobsStorage (azure-webjobs-sdk, IConfigurationExtensions.cs).
func (l *loader) connection(name string) (string, error) {
	if name == "" {
		name = "Storage"
	}
	prefixed := "AzureWebJobs" + name
	for _, setting := range []string{prefixed, name} {
		if strings.EqualFold(setting, storageSetting) && l.storage != "" {
			return l.storage, nil
		}
		if value, ok := l.settings.get(setting); ok {
			return value, nil
		}
		if l.settings.has(setting) {
			return "", hostErrorf("%s is an identity, which is not emulated: set Options.Storage, or a connection string", setting)
		}
	}
	return "", hostErrorf("Storage account connection string '%s' does not exist. Make sure that it is a defined App Setting.", prefixed)
}

// checkQueueName refuses what is no name of a queue (azure-sdk-for-net,
// QueueClientExtensions.cs).
func checkQueueName(name string) error {
	switch {
	case name == "":
		return hostError("A queue name can't be null or empty")
	case len(name) < 3 || len(name) > 63:
		return hostErrorf("A queue name must be from 3 to 63 characters long - \"%s\"", name)
	case strings.HasPrefix(name, "-") || strings.HasSuffix(name, "-"):
		return hostErrorf("The dash (-) character may not be the first or last letter - \"%s\"", name)
	case strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "":
		return hostErrorf("A queue name can contain only letters, numbers, and dash(-) characters - \"%s\"", name)
	case strings.Contains(name, "--"):
		return hostError("A queue name cannot contain consecutive dash(-) characters.")
	}
	return nil
}
