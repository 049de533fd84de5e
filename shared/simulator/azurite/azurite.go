// Package azurite starts Azurite, the emulator of Azure Storage that its vendor
// publishes, for the tests of what is kept there. `make test` installs it, as
// pinned in package-lock.json.
package azurite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"
)

// ErrNotInstalled means that there is no Azurite in Folder.
var ErrNotInstalled = errors.New("Azurite is not installed: make azurite installs it (it needs Node and npm)")

// The account that Azurite has, and its key, which is no secret (Learn, "Use the
// Azurite emulator for local Azure Storage development", Well-known storage
// account and key).
const (
	Account = "devstoreaccount1"
	Key     = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)

// startTimeout is how long Azurite may take; it takes 2 s on a quiet computer.
const startTimeout = 90 * time.Second

// listening finds the address of a service in what Azurite prints.
var listening = regexp.MustCompile(`Azurite (Blob|Queue|Table) service is successfully listening at (http://\S+)`)

// Server is an Azurite that runs. Its contents are in memory.
type Server struct {
	// Blob, Queue and Table are the endpoints of the account, without a slash at
	// the end.
	Blob, Queue, Table string

	process *exec.Cmd
	stdin   io.Closer
}

// Start starts Azurite on free ports of the loopback interface. It ends with
// Close, or with this process.
func Start(ctx context.Context) (*Server, error) {
	folder, err := Folder()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(folder, "node_modules", "azurite")); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotInstalled, err)
	}
	// Not CommandContext: ctx is how long starting may take.
	process := exec.Command("node", "start.js", //nolint:noctx // see above
		"--inMemoryPersistence", "--disableTelemetry", "--silent",
		// Clients are newer than the emulator; it knows what they ask.
		"--skipApiVersionCheck",
		"--blobHost", "127.0.0.1", "--blobPort", "0", "--queueHost", "127.0.0.1", "--queuePort", "0",
		"--tableHost", "127.0.0.1", "--tablePort", "0")
	process.Dir = folder
	process.Stderr = os.Stderr
	stdin, err := process.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("starting Azurite: %w", err)
	}
	stdout, err := process.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting Azurite: %w", err)
	}
	if err := process.Start(); err != nil {
		return nil, fmt.Errorf("starting Azurite: %w", err)
	}
	s := &Server{process: process, stdin: stdin}
	found := make(chan error, 1)
	go s.read(stdout, found)
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	select {
	case err = <-found:
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("starting Azurite: %w", errors.Join(err, s.Close()))
	}
	return s, nil
}

// read finds the endpoints, tells found, and then reads on: a full pipe would
// stop Azurite.
func (s *Server) read(stdout io.Reader, found chan<- error) {
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		m := listening.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		endpoint := m[2] + "/" + Account
		switch m[1] {
		case "Blob":
			s.Blob = endpoint
		case "Queue":
			s.Queue = endpoint
		case "Table":
			s.Table = endpoint
		}
		if s.Blob != "" && s.Queue != "" && s.Table != "" {
			found <- nil
			_, _ = io.Copy(io.Discard, stdout) // ends with the process
			return
		}
	}
	found <- errors.New("it ended before all its services were up")
}

// ConnectionString is how clients find the account.
func (s *Server) ConnectionString() string {
	return "DefaultEndpointsProtocol=http;AccountName=" + Account + ";AccountKey=" + Key +
		";BlobEndpoint=" + s.Blob + ";QueueEndpoint=" + s.Queue + ";TableEndpoint=" + s.Table + ";"
}

// Close ends Azurite.
func (s *Server) Close() error {
	if err := s.stdin.Close(); err != nil {
		return fmt.Errorf("ending Azurite: %w", err)
	}
	if err := s.process.Wait(); err != nil {
		return fmt.Errorf("ending Azurite: %w", err)
	}
	return nil
}

// Folder is where Azurite is installed: $AZURITE, or .bin/azurite beside go.mod.
func Folder() (string, error) {
	if folder := os.Getenv("AZURITE"); folder != "" {
		return folder, nil
	}
	folder, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("looking for Azurite: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return filepath.Join(folder, ".bin", "azurite"), nil
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return "", errors.New("looking for Azurite: no go.mod in this folder or above it; set AZURITE to where it is installed")
		}
		folder = parent
	}
}
