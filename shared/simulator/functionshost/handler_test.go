package functionshost

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"sync"
)

// controlVariable has the URL of the test that tells the handler what to do.
const controlVariable = "FUNCTIONSHOST_TEST_CONTROL"

// beginning says how a run of the handler begins.
type beginning struct {
	Stdout, Stderr []string
	// Exit ends it before it listens; Deaf lets it run without listening.
	Exit *int
	Deaf bool
}

// received is a request as the handler saw it.
type received struct {
	Method, URL, Host string
	Header            http.Header
	Body              string
	Length            int64
	Encoding          []string
	PID               int
}

// reply says what the handler does with a request.
type reply struct {
	Status         int
	Header         http.Header
	Body           string
	Stdout, Stderr []string
	// Exit ends the handler, Break the connection, and Hang never answers.
	Exit        *int
	Break, Hang bool
}

// introduction is what the handler tells about itself when it is started.
type introduction struct {
	PID       int
	Directory string
	Arguments []string
	Env       []string
}

// runHandler is a custom handler. It returns the exit code.
func runHandler(control string) int {
	directory, err := os.Getwd()
	if err != nil {
		return 97
	}
	begin, err := ask[beginning](control+"/begin", introduction{os.Getpid(), directory, os.Args[1:], os.Environ()})
	if err != nil {
		return 98
	}
	say(begin.Stdout, begin.Stderr)
	switch {
	case begin.Exit != nil:
		return *begin.Exit
	case begin.Deaf:
		select {}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("FUNCTIONS_CUSTOMHANDLER_PORT"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 99
	}
	fmt.Fprintln(os.Stderr, http.Serve(listener, handler{control}))
	return 96
}

// handler does what the test says.
type handler struct{ control string }

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/api/echo" {
		echo(w, r)
		return
	}
	body, _ := io.ReadAll(r.Body)
	answer, err := ask[reply](h.control+"/handle", received{
		r.Method, r.URL.String(), r.Host, r.Header, string(body), r.ContentLength, r.TransferEncoding, os.Getpid(),
	})
	if err != nil {
		os.Exit(95)
	}
	say(answer.Stdout, answer.Stderr)
	switch {
	case answer.Exit != nil:
		os.Exit(*answer.Exit)
	case answer.Break:
		panic(http.ErrAbortHandler)
	case answer.Hang:
		select {}
	}
	maps.Copy(w.Header(), answer.Header)
	if answer.Status != 0 {
		w.WriteHeader(answer.Status)
	}
	_, _ = io.WriteString(w, answer.Body)
}

// echo sends back what it gets, as it comes.
func echo(w http.ResponseWriter, r *http.Request) {
	c := http.NewResponseController(w)
	_ = c.EnableFullDuplex()
	_ = c.Flush()
	buffer := make([]byte, 1024)
	for {
		n, err := r.Body.Read(buffer)
		_, _ = w.Write(buffer[:n])
		_ = c.Flush()
		if err != nil {
			return
		}
	}
}

func say(stdout, stderr []string) {
	for _, line := range stdout {
		fmt.Println(line)
	}
	for _, line := range stderr {
		fmt.Fprintln(os.Stderr, line)
	}
}

var controlClient = sync.OnceValue(func() *http.Client { return &http.Client{} })

// ask sends a question to the test and reads its answer.
func ask[A any](url string, question any) (answer A, err error) {
	text, err := json.Marshal(question)
	if err != nil {
		return answer, err
	}
	response, err := controlClient().Post(url, "application/json", bytes.NewReader(text))
	if err != nil {
		return answer, err
	}
	err = json.NewDecoder(response.Body).Decode(&answer)
	return answer, errors.Join(err, response.Body.Close())
}
