package main

import (
	"bytes"
	"debug/elf"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// pack is one package.
type pack struct {
	root, handler, mapping, out, zip string
}

// file is one file of the package, by its path with slashes.
type file struct {
	path string
	mode os.FileMode
	data []byte
}

const (
	plain      = os.FileMode(0o644)
	executable = os.FileMode(0o755)
)

// run collects the files, checks them, and writes folder and zip. Nothing is
// written if anything is wrong.
func (p pack) run() error {
	files, err := p.collect()
	if err != nil {
		return err
	}
	if err := stage(p.out, files); err != nil {
		return err
	}
	archive, err := archive(files)
	if err != nil {
		return err
	}
	if err := os.WriteFile(p.zip, archive, plain); err != nil {
		return fmt.Errorf("writing the zip: %w", err)
	}
	fmt.Printf("%s: %d files\n%s: %.1f MB\n", p.out, len(files), p.zip, float64(len(archive))/1e6)
	return nil
}

func (p pack) collect() ([]file, error) {
	host, err := document(filepath.Join(p.root, "host.json"))
	if err != nil {
		return nil, err
	}
	name, err := handlerName(host)
	if err != nil {
		return nil, err
	}
	binary, err := handler(p.handler)
	if err != nil {
		return nil, err
	}
	files := []file{{"host.json", plain, host}, {name, executable, binary}}
	bindings, err := filepath.Glob(filepath.Join(p.root, "functions", "*", "function.json"))
	if err != nil {
		return nil, fmt.Errorf("looking for functions: %w", err)
	}
	if len(bindings) == 0 {
		return nil, fmt.Errorf("there is no function.json in the folders of %s", filepath.Join(p.root, "functions"))
	}
	for _, binding := range bindings {
		data, err := document(binding)
		if err != nil {
			return nil, err
		}
		files = append(files, file{filepath.Base(filepath.Dir(binding)) + "/function.json", plain, data})
	}
	if p.mapping != "" {
		data, err := os.ReadFile(p.mapping)
		if err != nil {
			return nil, fmt.Errorf("reading the mapping: %w", err)
		}
		files = append(files, file{"mapping.yaml", plain, data})
	}
	slices.SortFunc(files, func(a, b file) int { return strings.Compare(a.path, b.path) })
	return files, nil
}

// document reads a JSON file.
func document(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading a file of the package: %w", err)
	}
	if !json.Valid(data) {
		return nil, fmt.Errorf("%s is no JSON", path)
	}
	return data, nil
}

// handlerName is what host.json calls the handler.
func handlerName(host []byte) (string, error) {
	var h struct {
		CustomHandler struct {
			Description struct {
				DefaultExecutablePath string `json:"defaultExecutablePath"`
			} `json:"description"`
		} `json:"customHandler"`
	}
	if err := json.Unmarshal(host, &h); err != nil {
		return "", fmt.Errorf("reading host.json: %w", err)
	}
	name := h.CustomHandler.Description.DefaultExecutablePath
	if name == "" || strings.ContainsAny(name, `/\`) {
		return "", fmt.Errorf("host.json: customHandler.description.defaultExecutablePath is %q, and must be a file name", name)
	}
	return name, nil
}

// handler reads the handler. Flex Consumption runs linux/amd64 only, and has no
// shared libraries to rely on.
func handler(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the handler: %w", err)
	}
	binary, err := elf.NewFile(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("the handler is no program for Linux; build it with GOOS=linux: %w", err)
	}
	if binary.Machine != elf.EM_X86_64 {
		return nil, fmt.Errorf("the handler is for %s; build it with GOARCH=amd64", binary.Machine)
	}
	if libraries, err := binary.ImportedLibraries(); err != nil || len(libraries) > 0 {
		return nil, errors.Join(fmt.Errorf("the handler needs shared libraries %q; build it with CGO_ENABLED=0", libraries), err)
	}
	return data, nil
}
