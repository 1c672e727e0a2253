package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/sesctl/sesctl/pkg/event"
)

// refusal is the answer to a request that cannot have an event.
type refusal struct {
	status int
	reason error
}

// admit reads the body of a request, and refuses what cannot be an event at all.
func (r *Receiver) admit(w http.ResponseWriter, request *http.Request, received *Received) *refusal {
	switch {
	case !r.isPath(request):
		return &refusal{http.StatusNotFound, errors.New("events are received at another path")}
	case request.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		return &refusal{http.StatusMethodNotAllowed, errors.New("events are received by POST")}
	case !r.options.AllowBrowser && http.NewCrossOriginProtection().Check(request) != nil:
		return &refusal{http.StatusForbidden, errors.New("a web page of another site sent the request; --allow-browser accepts it")}
	case len(r.options.Forward) > 0 && isOwnForward(request.Header, r.id):
		return &refusal{http.StatusLoopDetected, errors.New("the event was forwarded back to this receiver")}
	}
	body, err := event.ReadBody(request, event.DefaultMaxBody)
	received.sent = body
	var tooLarge *http.MaxBytesError
	var timeout net.Error
	switch {
	case errors.As(err, &tooLarge):
		return &refusal{http.StatusRequestEntityTooLarge, errors.New("the body has more than 1 MiB")}
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return &refusal{http.StatusRequestTimeout, errors.New("the body did not arrive in time")}
	case err != nil:
		return &refusal{http.StatusBadRequest, errors.New("the body could not be read")}
	}
	received.read(strings.Join(request.Header.Values("Content-Encoding"), ","))
	return nil
}

func (r *Receiver) isPath(request *http.Request) bool {
	return r.options.Path == "" || request.URL.Path == r.options.Path
}

// read finds the event in what was sent.
func (r *Received) read(encoding string) {
	plain, err := event.Plain(r.sent, encoding, event.DefaultMaxBody)
	if err == nil {
		err = event.CheckObject(plain)
	} else {
		plain = r.sent
	}
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		err = errors.New("the body has more than 1 MiB after it is decompressed")
	}
	if err != nil {
		r.setRaw(plain)
		r.Problem = err
		return
	}
	r.setBody(plain)
	r.Event, r.Problem = event.Decode(plain)
}

// setBody keeps a JSON object. A body that is not UTF-8, or has a byte order mark, is
// kept a second time, byte for byte.
func (r *Record) setBody(plain []byte) {
	body := event.UTF8(plain)
	if !utf8.Valid(body) {
		body = []byte(string([]rune(string(body))))
	}
	r.Body = json.RawMessage(body)
	if !bytes.Equal(body, plain) {
		r.Exact = plain
	}
}

// setRaw keeps a body that is not a JSON object.
func (r *Record) setRaw(plain []byte) {
	text := string(plain)
	if !utf8.ValidString(text) {
		text, r.Exact = string([]rune(text)), plain
	}
	r.Raw = &text
}
