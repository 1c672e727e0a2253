package event

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"strings"
)

// DefaultMaxBody is the largest body that a handler accepts, in bytes. The
// documentation gives no limit; its sample has about 500 bytes.
const DefaultMaxBody = 1 << 20

// HandlerOptions are the options of [NewHandler]. The zero value is good for
// production.
type HandlerOptions struct {
	// MaxBody is the largest body that is accepted, in bytes, before and after it is
	// decompressed; DefaultMaxBody if 0.
	MaxBody int64

	// RequireJSON refuses requests whose Content-Type is not application/json
	// with 415. The documentation does not name the type that SES sends, so by
	// default any type is accepted, and none.
	RequireJSON bool

	// OnError is called for each request that is not answered 200, with the status
	// and the reason. The reason is a *DecodeError for a payload that is not an
	// event. Otherwise it is the error of reading, or of the service's function.
	// Several goroutines may call it at once.
	OnError func(r *http.Request, status int, err error)
}

// NewHandler returns a handler that calls handle once for each event that it
// receives, with the context of the request. [Event.Problems] lists the fields that
// could not be read. Bodies in gzip and deflate are decompressed.
//
// It answers 200 if handle returned nil, and 500 if it returned an error. SES
// documents neither which answers count as success nor whether it sends an event
// again. Without a call of handle it answers:
//
//   - 400 to a body that is not a JSON object, or has no "event"
//   - 405 to another method than POST
//   - 413 to a body over the limit, after reading on for a while; see [ReadBody]
//   - 415 to another content encoding than gzip and deflate, and if
//     [HandlerOptions.RequireJSON] requires it
//
// The answer names what is wrong with a payload, without a value, and nothing of
// the error of handle. Several goroutines may call handle at once, and more than
// once for the same event.
//
// The time that a sender may take is limited by the server: set ReadTimeout.
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
	payload, err := ReadBody(r, h.options.MaxBody)
	if err == nil {
		payload, err = Plain(payload, strings.Join(r.Header.Values("Content-Encoding"), ","), h.options.MaxBody)
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return http.StatusRequestEntityTooLarge, err
	case errors.Is(err, ErrEncoding):
		w.Header().Set("Accept-Encoding", "gzip, deflate")
		return http.StatusUnsupportedMediaType, err
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
