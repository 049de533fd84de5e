// Command schemagen writes the JSON Schema of the mapping file, with the kinds
// that exist and their selector options.
package main

import (
	"fmt"
	"os"

	"adoport/shared/kind"
	"adoport/shared/mapping/schema"
)

func main() {
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(file string) error {
	document, err := schema.Schema(kind.Mapping())
	if err != nil {
		return fmt.Errorf("making the schema: %w", err)
	}
	return os.WriteFile(file, document, 0o644)
}
