// Command pack stages what Azure Functions runs: a folder with host.json, the
// handler and one folder for each function, and a zip of it. The same inputs make
// the same bytes.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	var p pack
	flag.StringVar(&p.root, "root", ".", "the checkout, with host.json and functions/")
	flag.StringVar(&p.handler, "handler", "", "the handler, built for linux/amd64")
	flag.StringVar(&p.mapping, "mapping", "", "a mapping to put beside it, as mapping.yaml")
	flag.StringVar(&p.out, "out", "dist/azure", "the folder to write")
	flag.StringVar(&p.zip, "zip", "dist/adoport-azure.zip", "the zip to write")
	flag.Parse()
	if err := p.run(); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}
