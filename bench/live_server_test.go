package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"adoport/shared/simulator/fault"
)

const (
	hookPassword = "hook-password"
	// connections is how many the events come by at once: more than there are
	// ever answers to wait for, or the load would not be open.
	connections = 512
)

// server is `adoport run` as a child process, on a catalog that a backfill with
// the same settings has filled.
type server struct {
	*world
	url     string
	command *exec.Cmd
	client  *http.Client
}

// newServer fills a world's catalog and serves it until the end of the test.
func newServer(tb testing.TB, s size, latency time.Duration) *server {
	tb.Helper()
	w := newWorld(tb, s, fault.Options{Latency: latency})
	w.backfill(tb)
	address := freeAddress(tb)
	v := &server{world: w, url: "http://" + address + "/api/", client: &http.Client{
		Timeout:   time.Minute,
		Transport: &http.Transport{MaxIdleConns: connections, MaxIdleConnsPerHost: connections},
	}}
	v.command = exec.Command(program(tb), "run", "--addr", address, "--initial-backfill=false")
	v.command.Env = append(w.environment(), "SERVICE_HOOK_PASSWORD="+hookPassword, "ADOPORT_DATA="+tb.TempDir(), "LOG_FORMAT=text")
	var log bytes.Buffer
	v.command.Stderr = &log
	if err := v.command.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		v.client.CloseIdleConnections()
		if err := v.end(); err != nil || tb.Failed() {
			tb.Errorf("adoport run: %v\n%s", err, log.Bytes())
		}
	})
	v.await(tb, func() bool { _, err := v.status(); return err == nil })
	return v
}

// freeAddress returns an address on loopback that nobody listens at now.
func freeAddress(tb testing.TB) string {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// end makes the program drain and waits for it.
func (v *server) end() error {
	if err := v.command.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	return v.command.Wait()
}

// status returns how many live tasks wait or are being worked on. It is an error
// if the program does not answer, or has set tasks aside.
func (v *server) status() (waiting int, _ error) {
	answer, err := v.client.Get(v.url + "status")
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	var document struct {
		Queues []struct {
			Name              string
			Waiting, Poisoned int
		}
	}
	if err := json.NewDecoder(answer.Body).Decode(&document); err != nil {
		return 0, fmt.Errorf("reading the status: %w", err)
	}
	for _, q := range document.Queues {
		if q.Poisoned > 0 {
			return 0, fmt.Errorf("%d tasks of queue %s were set aside", q.Poisoned, q.Name)
		}
		if q.Name == "live" {
			return q.Waiting, nil
		}
	}
	return 0, fmt.Errorf("the status has no live queue")
}

// settle waits until no live task waits or is being worked on.
func (v *server) settle(tb testing.TB) {
	tb.Helper()
	v.await(tb, func() bool {
		waiting, err := v.status()
		if err != nil {
			tb.Fatal(err)
		}
		return waiting == 0
	})
}

// await asks every 10 ms until the answer is yes.
func (v *server) await(tb testing.TB, done func() bool) {
	tb.Helper()
	for deadline := time.Now().Add(patience); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			tb.Fatal("what was waited for did not happen")
		}
	}
}

// deliver sends an event as Azure DevOps does, and returns the status of the
// answer and what it took until the whole answer was there.
func (v *server) deliver(body []byte) (status int, took time.Duration, _ error) {
	request, err := http.NewRequest(http.MethodPost, v.url+"servicehooks", bytes.NewReader(body))
	if err != nil {
		return 0, 0, err
	}
	request.SetBasicAuth("adoport", hookPassword)
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	begin := time.Now()
	answer, err := v.client.Do(request)
	if err != nil {
		return 0, 0, err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, time.Since(begin), err
}

// quantile returns the time that this share of them does not exceed, in
// milliseconds. It sorts them.
func quantile(times []time.Duration, share float64) float64 {
	slices.Sort(times)
	t := times[min(int(share*float64(len(times))), len(times)-1)]
	return float64(t.Microseconds()) / 1000
}
