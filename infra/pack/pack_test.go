package main

import (
	"archive/zip"
	"bytes"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// program builds a small program for linux/amd64.
func program(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	source := filepath.Join(folder, "main.go")
	if err := os.WriteFile(source, []byte("package main\nfunc main() {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(folder, "program")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", out, source)
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return out
}

// forARM is a program whose header says that it is for another processor
// (e_machine of ELF is at byte 18).
func forARM(t *testing.T, path string) string {
	t.Helper()
	data := contents(t, path)
	data[18], data[19] = byte(elf.EM_AARCH64), 0
	other := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(other, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return other
}

func packed(t *testing.T) pack {
	t.Helper()
	folder := t.TempDir()
	return pack{root: "../..", out: filepath.Join(folder, "azure"), zip: filepath.Join(folder, "app.zip")}
}

func TestPack(t *testing.T) {
	t.Parallel()
	p := packed(t)
	p.handler = program(t)
	p.mapping = filepath.Join(t.TempDir(), "ours.yaml")
	if err := os.WriteFile(p.mapping, []byte("resources: []\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := p.run(); err != nil {
		t.Fatal(err)
	}
	first := contents(t, p.zip)
	want := []string{
		"-rw-r--r-- backfill/function.json", "-rwxr-xr-x handler", "-rw-r--r-- host.json", "-rw-r--r-- mapping.yaml",
		"-rw-r--r-- refresh/function.json", "-rw-r--r-- servicehooks/function.json", "-rw-r--r-- status/function.json",
		"-rw-r--r-- subscriptions/function.json", "-rw-r--r-- walk/function.json",
	}
	got := entries(t, first)
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("zip:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, entry := range want {
		mode, path, _ := strings.Cut(entry, " ")
		info, err := os.Stat(filepath.Join(p.out, path))
		if err != nil || info.Mode().String() != mode {
			t.Errorf("%s is staged as %v, %v", path, info, err)
		}
	}
	// Again, over the first: the same bytes, and nothing that was there before.
	if err := os.WriteFile(filepath.Join(p.out, "left over"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := p.run(); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, contents(t, p.zip)) {
		t.Error("the same inputs made another zip")
	}
	if _, err := os.Stat(filepath.Join(p.out, "left over")); err == nil {
		t.Error("what was left over is part of the package")
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	good := program(t)
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("#!/bin/sh\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	occupied := t.TempDir()
	if err := os.WriteFile(filepath.Join(occupied, "mine"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	checkout := hostOnly(t, `{}`)
	if err := os.MkdirAll(filepath.Join(checkout, "cmd", "handler"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		change func(*pack)
		want   string
	}{
		"no handler":        {func(p *pack) { p.handler = "missing" }, "reading the handler"},
		"no program":        {func(p *pack) { p.handler = text }, "GOOS=linux"},
		"another processor": {func(p *pack) { p.handler = forARM(t, good) }, "GOARCH=amd64"},
		"no checkout":       {func(p *pack) { p.root = t.TempDir() }, "host.json"},
		"no mapping":        {func(p *pack) { p.mapping = "missing" }, "reading the mapping"},
		"somebody's folder": {func(p *pack) { p.out = occupied }, "something else"},
		"a checkout":        {func(p *pack) { p.out = checkout }, "something else"},
		"no functions": {func(p *pack) {
			p.root = hostOnly(t, `{"customHandler":{"description":{"defaultExecutablePath":"handler"}}}`)
		}, "no function.json"},
		"a path as a name": {func(p *pack) {
			p.root = hostOnly(t, `{"customHandler":{"description":{"defaultExecutablePath":"bin/handler"}}}`)
		}, "must be a file name"},
		"no name":            {func(p *pack) { p.root = hostOnly(t, `{}`) }, "must be a file name"},
		"a broken host.json": {func(p *pack) { p.root = hostOnly(t, `{`) }, "no JSON"},
	} {
		p := packed(t)
		p.handler = good
		tt.change(&p)
		if err := p.run(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
		if _, err := os.Stat(p.zip); err == nil {
			t.Errorf("%s: a zip was written", name)
		}
	}
	for _, kept := range []string{filepath.Join(occupied, "mine"), filepath.Join(checkout, "cmd", "handler")} {
		if _, err := os.Stat(kept); err != nil {
			t.Error(err)
		}
	}
}

func hostOnly(t *testing.T, host string) string {
	t.Helper()
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "host.json"), []byte(host), 0o600); err != nil {
		t.Fatal(err)
	}
	return root
}

func contents(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// entries are mode and name of everything in a zip, as Unix sees them.
func entries(t *testing.T, data []byte) []string {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, f := range r.File {
		if f.CreatorVersion>>8 != 3 {
			t.Errorf("%s was not made by Unix, so its mode means nothing", f.Name)
		}
		list = append(list, f.Mode().String()+" "+f.Name)
	}
	return list
}
