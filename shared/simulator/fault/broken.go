package fault

import (
	"bytes"
	"maps"
	"net/http"
	"strconv"
)

// recorder keeps an answer instead of sending it.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (c *recorder) Header() http.Header { return c.header }

func (c *recorder) WriteHeader(status int) {
	if c.status == 0 {
		c.status = status
	}
}

func (c *recorder) Write(b []byte) (int, error) {
	c.WriteHeader(http.StatusOK)
	return c.body.Write(b)
}

// record carries out a request and keeps the answer.
func (i *Injector) record(r *http.Request) *recorder {
	c := &recorder{header: http.Header{}}
	i.inner.ServeHTTP(c, r)
	c.WriteHeader(http.StatusOK)
	return c
}

// reset breaks the connection. Every second request with effects was carried
// out before, so that its caller cannot know.
func (i *Injector) reset(r *http.Request, turn int, effects bool) {
	if effects && turn%2 == 1 {
		i.record(r)
	}
	panic(http.ErrAbortHandler) // how net/http closes a connection without an answer
}

// truncate cuts an answer in half. The four turns of a request with effects are
// the pairs of: carried out or not, and broken or whole HTTP.
func (i *Injector) truncate(w http.ResponseWriter, r *http.Request, turn int, effects bool) {
	whole, carriedOut := turn%2 == 1, !effects || turn/2%2 == 1
	c := &recorder{header: http.Header{"Content-Type": {jsonType}}, status: http.StatusOK}
	if carriedOut {
		c = i.record(r)
	} else {
		c.body.WriteString(lostBody)
	}
	half := c.body.Bytes()[:c.body.Len()/2]
	if c.body.Len() == 0 {
		panic(http.ErrAbortHandler) // nothing to cut
	}
	maps.Copy(w.Header(), c.header)
	length := c.body.Len()
	if whole {
		length = len(half)
	}
	w.Header().Set("Content-Length", strconv.Itoa(length))
	w.WriteHeader(c.status)
	_, _ = w.Write(half) // a client that went away is not our concern
	if whole {
		return
	}
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
	panic(http.ErrAbortHandler)
}
