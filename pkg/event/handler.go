package event

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
)

// DefaultMaxBody is the most that a handler reads of a body, in bytes. The page
// gives no limit; its sample has about 500 bytes.
const DefaultMaxBody = 1 << 20

// HandlerOptions are the options of [NewHandler]. The zero value is good for
// production.
type HandlerOptions struct {
	// MaxBody is the largest body accepted, in bytes; DefaultMaxBody if 0.
	MaxBody int64

	// RequireJSON refuses requests whose Content-Type is not application/json
	// with 415. The page does not say which one SES sends, so by default any
	// is accepted, and none at all.
	RequireJSON bool

	// OnError is told of each request that is not answered 200, with the
	// status and the reason: a *DecodeError for a payload that is not an
	// event, else what reading or the service's function returned. It may be
	// called by several goroutines at once.
	OnError func(r *http.Request, status int, err error)
}

// NewHandler returns a handler that calls handle once for each event that it
// receives, with the context of the request.
//
// It answers 200 when handle returned nil and 500 when it returned an error (SES
// documents neither which answers it takes for success nor whether it sends an
// event again). Without calling handle it answers 405 to another method than
// POST, 413 to a body over the limit, 400 to one that is not an event, and 415
// where [HandlerOptions.RequireJSON] says so. The answer says what is wrong with a
// payload without repeating a value, and nothing about handle's error. Handle may be called by several goroutines at once,
// and more than once for the same event.
//
// How long a sender may take is the business of the server: set ReadTimeout.
func NewHandler(handle func(context.Context, Event) error, options HandlerOptions) http.Handler {
	if options.MaxBody <= 0 {
		options.MaxBody = DefaultMaxBody
	}
	return &handler{handle, options}
}

type handler struct {
	handle  func(context.Context, Event) error
	options HandlerOptions
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status, err := h.serve(w, r)
	if err == nil {
		w.WriteHeader(http.StatusOK)
		return
	}
	if h.options.OnError != nil {
		h.options.OnError(r, status, err)
	}
	message := http.StatusText(status)
	var decodeErr *DecodeError
	if errors.As(err, &decodeErr) && status == http.StatusBadRequest {
		message = decodeErr.Error()
	}
	http.Error(w, message, status)
}

func (h *handler) serve(w http.ResponseWriter, r *http.Request) (status int, err error) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return http.StatusMethodNotAllowed, errors.New("the method is not POST")
	}
	if h.options.RequireJSON {
		if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
			return http.StatusUnsupportedMediaType, errors.New("the content type is not application/json")
		}
	}
	payload, err := io.ReadAll(http.MaxBytesReader(w, r.Body, h.options.MaxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return http.StatusRequestEntityTooLarge, err
	case err != nil:
		return http.StatusBadRequest, err
	}
	e, err := Decode(payload)
	if err != nil {
		return http.StatusBadRequest, err
	}
	if err := h.handle(r.Context(), e); err != nil {
		return http.StatusInternalServerError, err
	}
	return http.StatusOK, nil
}
