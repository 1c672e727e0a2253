package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/sesctl/sesctl/pkg/callback"
)

// Answer is what a receiver said to a forwarded event.
type Answer struct {
	URL      callback.URL
	Status   int           // 0 where there was no answer
	Err      error         // why there was none
	Duration time.Duration // until the head of the answer
}

// viaHeader names the receivers that an event has passed, so that one which is
// forwarded to itself, over however many others, does not go round for ever.
const viaHeader = "Sesctl-Via"

func isOwnForward(h http.Header, id string) bool { return slices.Contains(h.Values(viaHeader), id) }

// reply is an answer to give back.
type reply struct {
	Status int
	err    error // why it is one of our own
	kind   string
	body   []byte
}

func (r reply) write(w http.ResponseWriter) {
	if r.err != nil {
		http.Error(w, "the event could not be forwarded", r.Status)
		return
	}
	if r.kind != "" {
		w.Header().Set("Content-Type", r.kind)
	}
	w.WriteHeader(r.Status)
	_, _ = w.Write(r.body) // a sender that has gone away is nobody to tell
}

// forward passes an event on to every receiver at once and waits for the first
// one. The function that it returns waits for all.
func (r *Receiver) forward(request *http.Request, body []byte) (reply, func() []Answer) {
	header := forwardHeader(request.Header, r.id)
	answers := make([]Answer, len(r.options.Forward))
	var others sync.WaitGroup
	for i := 1; i < len(answers); i++ {
		others.Go(func() { answers[i], _ = r.pass(r.options.Forward[i], header, body, false) })
	}
	var first reply
	answers[0], first = r.pass(r.options.Forward[0], header, body, true)
	switch err := answers[0].Err; {
	case errors.Is(err, errForwardTimeout):
		first = reply{Status: http.StatusGatewayTimeout, err: err}
	case err != nil:
		first = reply{Status: http.StatusBadGateway, err: err}
	}
	return first, func() []Answer {
		others.Wait()
		for _, answer := range answers {
			if answer.Status/100 != 2 {
				r.unsent.Add(1)
			}
		}
		return answers
	}
}

var errForwardTimeout = errors.New("no answer within the time limit")

// pass sends an event to one receiver. It does so even if the sender gives up in
// the meantime: what has begun is not dropped.
func (r *Receiver) pass(rawURL string, header http.Header, body []byte, wantBody bool) (Answer, reply) {
	start := time.Now()
	answer := Answer{URL: callback.NewURL(rawURL)}
	ctx, cancel := context.WithTimeout(context.Background(), r.options.ForwardTimeout)
	defer cancel()
	fail := func(err error) (Answer, reply) {
		why := errors.New(reason(err))
		if ctx.Err() != nil {
			why = errForwardTimeout
		}
		answer.Err = fmt.Errorf("forward to %s: %w", answer.URL, why)
		answer.Duration = time.Since(start)
		return answer, reply{}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, rawURL, bytes.NewReader(body))
	if err != nil {
		return fail(errors.New("the URL cannot be used for a request"))
	}
	request.Header = header.Clone()
	response, err := r.client.Do(request)
	if err != nil {
		return fail(err)
	}
	defer discard(response.Body)
	answer.Status, answer.Duration = response.StatusCode, time.Since(start)
	back := reply{Status: response.StatusCode, kind: response.Header.Get("Content-Type")}
	if wantBody {
		// A body that breaks off has still come with a status.
		back.body, _ = io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	}
	return answer, back
}

// forwardHeader copies what belongs to the event, not to the connection (RFC
// 9110, 7.6.1).
func forwardHeader(h http.Header, id string) http.Header {
	header := h.Clone()
	for _, name := range []string{"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection",
		"Te", "Trailer", "Transfer-Encoding", "Upgrade", "Content-Length", "Expect", "Accept-Encoding"} {
		header.Del(name)
	}
	header.Add(viaHeader, id)
	return header
}
