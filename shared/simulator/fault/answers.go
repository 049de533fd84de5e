package fault

import (
	"net/http"
	"strconv"
	"time"
)

const (
	jsonType = "application/json; charset=utf-8"
	htmlType = "text/html; charset=utf-8"
)

const (
	throttledBody = `{"$id":"1","innerException":null,"message":"TF400733: The request has been canceled: Request was blocked due to exceeding usage of resource Concurrency in namespace User.","typeName":"Microsoft.TeamFoundation.Framework.Server.RequestBlockedException, Microsoft.TeamFoundation.Framework.Server","typeKey":"RequestBlockedException","errorCode":0,"eventId":3000}`
	failedBody    = `{"$id":"1","innerException":null,"message":"The service is unavailable. Try again later.","typeName":"System.Exception, mscorlib","typeKey":"Exception","errorCode":0,"eventId":0}`
	gatewayPage   = "<html><head><title>Gateway error</title></head><body><h1>Gateway error</h1></body></html>\n"
	signInPage    = "<!DOCTYPE html>\n<html><head><title>Azure DevOps Services | Sign In</title></head><body><h1>Sign in</h1></body></html>\n"
	// lostBody is what is cut in half when the request is not carried out.
	lostBody = `{"count":1,"value":[{"id":1,"name":"never complete","ok":true}]}`
)

func answer(w http.ResponseWriter, status int, contentType, body string) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body)) // a client that went away is not our concern
}

// seconds rounds up, as Retry-After has no fractions.
func (i *Injector) seconds() int {
	return int((max(i.options.RetryAfter, 0) + time.Second - 1) / time.Second)
}

func (i *Injector) throttle(w http.ResponseWriter) {
	if i.options.RetryAfter >= 0 {
		w.Header().Set("Retry-After", strconv.Itoa(i.seconds()))
	}
	answer(w, http.StatusTooManyRequests, jsonType, throttledBody)
}

func (i *Injector) serverError(w http.ResponseWriter, r *http.Request, turn int, effects bool) {
	statuses := []int{
		http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
	}
	status := statuses[turn%len(statuses)]
	if status == http.StatusInternalServerError || status == http.StatusServiceUnavailable {
		answer(w, status, jsonType, failedBody)
		return
	}
	if effects {
		i.record(r)
	}
	answer(w, status, htmlType, gatewayPage)
}

// slow gives the real answer with the headers that Azure DevOps sends when it
// delays a caller ("Rate and usage limits": Retry-After comes on a 200).
func (i *Injector) slow(w http.ResponseWriter, r *http.Request) {
	seconds := i.seconds()
	h := w.Header()
	h.Set("Retry-After", strconv.Itoa(seconds))
	h.Set("X-RateLimit-Resource", "Concurrency")
	h.Set("X-RateLimit-Delay", "0.500")
	h.Set("X-RateLimit-Limit", "200")
	h.Set("X-RateLimit-Remaining", "0")
	h.Set("X-RateLimit-Reset", strconv.FormatInt(time.Now().Unix()+int64(seconds), 10))
	i.inner.ServeHTTP(w, r)
}
