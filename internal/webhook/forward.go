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

	"github.com/sesctl/sesctl/internal/network"
	"github.com/sesctl/sesctl/pkg/callback"
)

// Answer is how a receiver answered a forwarded event.
type Answer struct {
	URL      callback.URL
	Status   int           // 0 if there was no answer
	Line     string        // the first line of an answer outside 2xx
	Err      error         // why there was no answer
	Duration time.Duration // until the head of the answer
}

// viaHeader names the receivers that an event has passed. So an event that is forwarded
// to itself, through any number of others, does not go round for ever.
const viaHeader = "Sesctl-Via"

func isOwnForward(h http.Header, id string) bool { return slices.Contains(h.Values(viaHeader), id) }

// reply is an answer to give back.
type reply struct {
	Status int
	err    error // why no receiver gave it
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
	_, _ = w.Write(r.body) // the sender may have gone away
}

// forward passes an event on to every receiver at once and waits for the first
// one. The function that it returns waits for all.
func (r *Receiver) forward(request *http.Request, body []byte) (reply, func() []Answer) {
	header := r.forwardHeader(request.Header)
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

var errForwardTimeout = errors.New("no answer within the timeout")

// pass sends an event to one receiver, even if the sender gives up in the meantime.
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
	request.Host = header.Get("Host")
	request.Header.Del("Host")
	response, err := r.client.Do(request)
	if err != nil {
		return fail(err)
	}
	defer discard(response.Body)
	answer.Status, answer.Duration = response.StatusCode, time.Since(start)
	back := reply{Status: response.StatusCode, kind: response.Header.Get("Content-Type")}
	if success := response.StatusCode/100 == 2; wantBody || !success {
		// A body that breaks off has still come with a status.
		back.body, _ = io.ReadAll(io.LimitReader(response.Body, maxAnswer))
		if !success {
			answer.Line = network.FirstLine(back.body, rawURL)
		}
	}
	return answer, back
}

// forwardHeader copies what belongs to the event, not to the connection (RFC
// 9110, 7.6.1), and sets what was asked for.
func (r *Receiver) forwardHeader(h http.Header) http.Header {
	header := h.Clone()
	for _, name := range []string{"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection",
		"Te", "Trailer", "Transfer-Encoding", "Upgrade", "Content-Length", "Expect", "Accept-Encoding"} {
		header.Del(name)
	}
	for name, values := range r.options.ForwardHeader {
		header[http.CanonicalHeaderKey(name)] = values
	}
	header.Add(viaHeader, r.id)
	return header
}
