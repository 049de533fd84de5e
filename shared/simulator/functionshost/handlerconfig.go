package functionshost

import (
	"os"
	"path/filepath"
	"time"
)

// handlerConfig is the section customHandler (host, HttpWorkerOptions.cs).
type handlerConfig struct {
	// executable, workingDirectory and workerDirectory are as written.
	executable, workingDirectory, workerDirectory string
	arguments                                     []string
	// proxy and forward say how HTTP goes to functions that have an httpTrigger and
	// an http output and nothing else.
	proxy, forward bool
	// port is 0 if a free one is to be taken.
	port int
	// initialization is how long the handler may take to answer GET /.
	initialization time.Duration
}

// handler reads customHandler. Without a defaultExecutablePath the host does not
// start (HttpWorkerDescription.cs).
func (b *binder) handler() handlerConfig {
	const description = "customhandler:description:"
	for _, section := range []string{"httpworker", "configurationprofile", "customhandler:http:routes"} {
		if b.h.section(section) {
			b.fail("%s is not emulated", section)
		}
	}
	c := handlerConfig{
		executable:       b.h[description+"defaultexecutablepath"],
		workingDirectory: b.h[description+"workingdirectory"],
		workerDirectory:  b.h[description+"workerdirectory"],
		arguments:        append(b.h.list(description+"arguments"), b.h.list(description+"workerarguments")...),
		proxy:            b.flag("customhandler:enableproxyinghttprequest"),
		forward:          b.flag("customhandler:enableforwardinghttprequest"),
		port:             b.number("customhandler:port", 0),
		initialization:   b.duration("customhandler:initializationtimeout", 30*time.Second),
	}
	switch {
	case !b.h.section("customhandler"):
		b.fail("there is no customHandler section: it says which executable is the handler")
	case !b.h.section("customhandler:description"):
		b.errs = append(b.errs, hostError("Missing worker Description."))
	case c.executable == "":
		b.errs = append(b.errs, hostError("WorkerDescription DefaultExecutablePath cannot be empty"))
	}
	return c
}

// command is how the handler is started.
type command struct {
	path, directory string
	arguments       []string
}

// command resolves the paths against the script root. An executable that is not
// there is left as it is, to be found in PATH (host, HttpWorkerDescription.cs).
func (c handlerConfig) command(root string, s settings) command {
	cmd := command{
		path:      s.expand(c.executable),
		directory: rooted(root, s.expand(c.workingDirectory)),
		arguments: make([]string, len(c.arguments)),
	}
	if !filepath.IsAbs(cmd.path) {
		if full := filepath.Join(rooted(root, s.expand(c.workerDirectory)), cmd.path); isFile(full) {
			cmd.path = full
		}
	}
	for i, argument := range c.arguments {
		cmd.arguments[i] = s.expand(argument)
	}
	return cmd
}

// rooted returns a path as the host does: relative ones are below the root.
func rooted(root, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(root, path)
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
