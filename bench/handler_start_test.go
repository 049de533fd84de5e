package bench

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"testing"
	"time"
)

// handlerStart is what one start of the custom handler took.
type handlerStart struct {
	// answer is from just before exec to the first answer to GET /.
	answer time.Duration
	// memory is the resident set size after a second of rest, in bytes.
	memory int64
}

// BenchmarkHandlerStart measures the cold start of the custom handler as the
// Functions host sees it: it starts the process, and asks GET / until anything
// answers. The host asks every 25 ms; here it is asked all the time.
func BenchmarkHandlerStart(b *testing.B) {
	path := customHandler(b)
	var starts []handlerStart
	for range 20 {
		starts = append(starts, startHandler(b, path))
	}
	u := median(starts, func(s handlerStart) time.Duration { return s.answer })
	binary, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	record(b, "custom handler: exec to first answer (median of 20), ms", "ms", float64(u.answer.Microseconds())/1000, atMost(30))
	if u.memory > 0 {
		record(b, "custom handler: RSS idle, MB", "RSS-MB", megabytes(u.memory), atMost(25))
	}
	record(b, "custom handler: binary, MB", "binary-MB", megabytes(binary.Size()), atMost(12))
}

func startHandler(b *testing.B, path string) handlerStart {
	b.Helper()
	listener, err := (&net.ListenConfig{}).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	if err := listener.Close(); err != nil {
		b.Fatal(err)
	}
	cmd := exec.CommandContext(b.Context(), path)
	// Everything is set, so that nothing is left out for want of it.
	cmd.Env = []string{
		fmt.Sprintf("FUNCTIONS_CUSTOMHANDLER_PORT=%d", port), "AZURE_DEVOPS_ORG_ID=fabrikam", "PORT_CLIENT_ID=id",
		"KEY_VAULT_URL=https://fabrikam.vault.azure.net", "AzureWebJobsStorage__accountName=fabrikam",
		"SERVICE_HOOK_URL=https://fabrikam.azurewebsites.net/api/servicehooks",
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	}()
	for !answersRoot(b, port) {
		if b.Context().Err() != nil {
			b.Fatal("the handler did not answer")
		}
	}
	s := handlerStart{answer: time.Since(began)}
	time.Sleep(time.Second)
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
	if err == nil {
		s.memory = kilobytes(string(status), "VmRSS:")
	}
	return s
}

func answersRoot(b *testing.B, port int) bool {
	b.Helper()
	request, err := http.NewRequestWithContext(b.Context(), http.MethodGet, fmt.Sprintf("http://127.0.0.1:%d/", port), nil)
	if err != nil {
		b.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	return response.Body.Close() == nil
}
