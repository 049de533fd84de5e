package servicehooks

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"time"

	"adoport/shared/basicauth"
)

// receive returns the body of a delivery, or false and the answer to what is
// none. Nothing of the body is read before the credentials were right.
func (h *handler) receive(w http.ResponseWriter, r *http.Request) (body []byte, a answer, ok bool) {
	// A host that has no deadlines has its own limits. The deadline also ends the
	// reading of what a refused request still sends.
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(bodyTimeout))

	if r.Method != http.MethodPost {
		a = refused(http.StatusMethodNotAllowed, "service hooks are sent with POST")
		a.header.Set("Allow", http.MethodPost)
		return nil, a, false
	}
	accepted, err := h.o.Credentials.Accepts(r)
	switch {
	case err != nil:
		return nil, unavailable(notChecked, fmt.Errorf("reading the passwords of service hooks: %w", err)), false
	case !accepted:
		a = refused(http.StatusUnauthorized, "user name or password is missing or wrong")
		basicauth.Challenge(a.header)
		return nil, a, false
	case !isJSON(r.Header):
		return nil, refused(http.StatusUnsupportedMediaType, "service hooks are sent as application/json, not encoded"), false
	case r.ContentLength > maxBody:
		return nil, tooLarge(), false
	}
	body, err = read(w, r)
	if tooMuch := (*http.MaxBytesError)(nil); errors.As(err, &tooMuch) {
		return nil, tooLarge(), false
	}
	if err != nil {
		// 408 makes Azure DevOps send it again.
		a = refused(http.StatusRequestTimeout, "the body did not arrive completely")
		a.header.Set("Connection", "close")
		a.err = err
		return nil, a, false
	}
	// A deadline that passes while the task is queued would end the request's
	// context.
	_ = control.SetReadDeadline(time.Time{})
	return body, answer{}, true
}

// read reads a body of at most maxBody bytes. The error of a larger one is an
// *http.MaxBytesError.
func read(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	var b bytes.Buffer
	if r.ContentLength > 0 {
		b.Grow(int(r.ContentLength) + bytes.MinRead)
	}
	_, err := b.ReadFrom(http.MaxBytesReader(w, r.Body, maxBody))
	return b.Bytes(), err
}

// tooLarge ends the connection: reading on would only take what is refused.
func tooLarge() answer {
	a := refused(http.StatusRequestEntityTooLarge, "service hooks are not larger than 2 MB")
	a.header.Set("Connection", "close")
	return a
}

// isJSON reports whether a body is said to be plain JSON.
func isJSON(h http.Header) bool {
	if e := h.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return false
	}
	media, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	return err == nil && (media == "application/json" || strings.HasPrefix(media, "application/") && strings.HasSuffix(media, "+json"))
}
