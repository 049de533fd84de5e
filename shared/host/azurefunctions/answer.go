package azurefunctions

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// result is what the host reads of a success: nothing is bound to outputs here,
// and logs go to standard output, where they are seen at once.
type result struct {
	Outputs     struct{} `json:"Outputs"`
	Logs        []string `json:"Logs"`
	ReturnValue any      `json:"ReturnValue"`
}

// failure is for who looks at the answer; the host only looks at its status.
type failure struct {
	Error string `json:"error"`
}

func succeed(w http.ResponseWriter) { write(w, http.StatusOK, result{Logs: []string{}}) }

// fail makes the invocation a failed one.
func fail(w http.ResponseWriter, status int, err error) {
	write(w, status, failure{Error: err.Error()})
}

// write sends an answer. The media type MUST be application/json: the host takes
// text/plain, which Go guesses for JSON, for a failure.
func write(w http.ResponseWriter, status int, document any) {
	body, err := json.Marshal(document)
	if err != nil {
		panic("azurefunctions: an answer of strings is no JSON: " + err.Error())
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	// A host that has gone needs no answer.
	_, _ = w.Write(body)
}
