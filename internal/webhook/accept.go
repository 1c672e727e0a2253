package webhook

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"

	"github.com/sesctl/sesctl/pkg/event"
)

// accept reads an event, or returns why the request is none.
func (r *Receiver) accept(w http.ResponseWriter, request *http.Request, received *Received) (status int, err error) {
	switch {
	case r.options.Path != "" && request.URL.Path != r.options.Path:
		return http.StatusNotFound, errors.New("events are received at another path")
	case request.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		return http.StatusMethodNotAllowed, errors.New("events are received by POST")
	case len(r.options.Forward) > 0 && isOwnForward(request.Header, r.id):
		return http.StatusLoopDetected, errors.New("the event was forwarded to where it came from")
	}
	body, err := readBody(w, request)
	var tooLarge *http.MaxBytesError
	var timeout net.Error
	switch {
	case errors.As(err, &tooLarge):
		return http.StatusRequestEntityTooLarge, errors.New("the body has more than 1 MiB")
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return http.StatusRequestTimeout, errors.New("the body did not come in time")
	case err != nil:
		return http.StatusBadRequest, errors.New("the body could not be read")
	}
	e, err := event.Decode(body)
	var decodeErr *event.DecodeError
	if errors.As(err, &decodeErr) && decodeErr.Field == "" {
		return http.StatusBadRequest, err
	}
	received.Body, received.Event, received.Problem = body, e, err
	return 0, nil
}

// readBody grows its buffer with what comes: a sender that promises a megabyte
// and sends a byte a second takes no megabyte.
func readBody(w http.ResponseWriter, request *http.Request) ([]byte, error) {
	const most = 4 << 10
	var body bytes.Buffer
	if expected := request.ContentLength; expected > event.DefaultMaxBody {
		return nil, &http.MaxBytesError{Limit: event.DefaultMaxBody}
	} else if expected > 0 {
		body.Grow(int(min(expected, most)) + bytes.MinRead)
	}
	_, err := io.Copy(&body, http.MaxBytesReader(w, request.Body, event.DefaultMaxBody))
	return body.Bytes(), err
}
