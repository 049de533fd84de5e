package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// settingsFlag adds --settings to a command.
func settingsFlag(cmd *cobra.Command, file *string) {
	cmd.Flags().StringVar(file, "settings", "", "`FILE` with settings: what az functionapp config appsettings list prints, or a local.settings.json; environment variables win over it")
}

// withSettings returns a console whose settings are also those of a file; "" is no
// file. references are the names of those that only Azure can read.
func (c *console) withSettings(file string) (with *console, references []string, _ error) {
	if file == "" {
		return c, nil, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, &usageError{fmt.Errorf("--settings: %w", err)}
	}
	values, err := parseSettings(data)
	if err != nil {
		return nil, nil, &usageError{fmt.Errorf("--settings %s: %w", file, err)}
	}
	both := *c
	both.environ = slices.Clone(c.environ)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		both.environ = append(both.environ, name+"=")
		if strings.HasPrefix(values[name], keyVaultReference) {
			references = append(references, name)
			delete(values, name)
		}
	}
	both.getenv = func(name string) string {
		if value := c.getenv(name); value != "" {
			return value
		}
		return values[name]
	}
	return &both, references, nil
}

// keyVaultReference begins a value that the platform replaces (Microsoft Learn,
// "Use Key Vault references as app settings").
const keyVaultReference = "@Microsoft.KeyVault("

// parseSettings reads what the Azure CLI prints, a list of names and values, or a
// local.settings.json. No error repeats a part of it.
func parseSettings(data []byte) (map[string]string, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	values := map[string]string{}
	var list []struct {
		Name  string  `json:"name"`
		Value *string `json:"value"`
	}
	if json.Unmarshal(data, &list) == nil {
		for _, setting := range list {
			if setting.Value != nil {
				values[setting.Name] = *setting.Value
			}
		}
		return values, nil
	}
	var local struct {
		IsEncrypted bool
		Values      map[string]string
	}
	if json.Unmarshal(data, &local) != nil || local.Values == nil {
		return nil, errors.New("it is neither the JSON of az functionapp config appsettings list, nor a local.settings.json with Values")
	}
	if local.IsEncrypted {
		return nil, errors.New("its values are encrypted: decrypt them with func settings decrypt")
	}
	return local.Values, nil
}
