package event

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

// The bounds of reading on after a body that is too large.
const (
	maxDiscarded = 64 << 20
	discardTime  = 10 * time.Second
)

// ReadBody reads the body of a request, up to a limit in bytes.
//
// If the body is longer, the error is an *[http.MaxBytesError], and what was read
// so far is returned too. Before that, ReadBody reads on, up to 64 MiB and for 10
// seconds: many clients read no answer until they have written their whole body.
// A client that waits with its body (Expect: 100-continue, RFC 9110, 10.1.1) and
// announces a longer one is not asked for it.
func ReadBody(r *http.Request, limit int64) ([]byte, error) {
	tooLarge := &http.MaxBytesError{Limit: limit}
	if r.ContentLength > limit && strings.EqualFold(r.Header.Get("Expect"), "100-continue") {
		return nil, tooLarge
	}
	// The buffer grows with what arrives: a client that announces a megabyte and
	// sends a byte a second takes no megabyte.
	var body bytes.Buffer
	if expected := min(r.ContentLength, limit, 4<<10); expected > 0 {
		body.Grow(int(expected) + bytes.MinRead)
	}
	_, err := body.ReadFrom(io.LimitReader(r.Body, limit+1))
	if err != nil || int64(body.Len()) <= limit {
		return body.Bytes(), err
	}
	discard(r.Body)
	return body.Bytes()[:limit], tooLarge
}

func discard(body io.Reader) {
	const step = 256 << 10
	end := time.Now().Add(discardTime)
	for done := int64(0); done < maxDiscarded && time.Now().Before(end); done += step {
		if _, err := io.CopyN(io.Discard, body, step); err != nil {
			return
		}
	}
}

// ErrEncoding is returned for a content encoding that is not supported.
var ErrEncoding = errors.New("the content encoding is not gzip or deflate")

// Plain returns a body without its content encoding. The encoding is the value of
// the header Content-Encoding: gzip, deflate, identity, or several in the order in
// which they were applied (RFC 9110, 8.4). A body without encoding is returned as it
// is.
//
// An event must not be lost because of a wrong header. So a body that begins like gzip or
// zlib is decoded without the header too, because JSON never begins that way. A body that
// is a JSON object is returned as it is, whatever the header is. If the end of a
// compressed body is damaged, but a JSON object came before it, the object is returned.
//
// The error is an *[http.MaxBytesError] if the result is longer than limit bytes,
// [ErrEncoding], or the body is damaged.
func Plain(body []byte, encoding string, limit int64) ([]byte, error) {
	plain, err := unpack(body, encoding, limit)
	var tooLarge *http.MaxBytesError
	if err != nil && !errors.As(err, &tooLarge) && CheckObject(body) == nil {
		return body, nil
	}
	return plain, err
}

func unpack(body []byte, encoding string, limit int64) ([]byte, error) {
	const mostLayers = 3 // a sender has no reason for more than one
	layers := strings.Split(encoding, ",")
	if len(layers) > mostLayers {
		return nil, ErrEncoding
	}
	for i := len(layers) - 1; i >= 0; i-- {
		var err error
		if body, err = decompress(body, strings.ToLower(strings.TrimSpace(layers[i])), limit); err != nil {
			return nil, err
		}
	}
	for range mostLayers {
		kind := packed(body)
		if kind == "" {
			break
		}
		var err error
		if body, err = decompress(body, kind, limit); err != nil {
			return nil, err
		}
	}
	return body, nil
}

// packed returns the encoding that a body begins like, or "".
func packed(body []byte) string {
	switch {
	case bytes.HasPrefix(body, []byte("\x1f\x8b\x08")):
		return "gzip"
	case len(body) > 1 && body[0] == 0x78 && (uint(body[0])<<8|uint(body[1]))%31 == 0: // RFC 1950, 2.2
		return "deflate"
	}
	return ""
}

func decompress(body []byte, encoding string, limit int64) ([]byte, error) {
	var reader io.Reader
	var err error
	switch encoding {
	case "", "identity":
		return body, nil
	case "gzip", "x-gzip":
		reader, err = gzip.NewReader(bytes.NewReader(body))
	case "deflate":
		// The standard means the form of zlib. Some clients leave its header out.
		if reader, err = zlib.NewReader(bytes.NewReader(body)); err != nil {
			reader, err = flate.NewReader(bytes.NewReader(body)), nil
		}
	default:
		return nil, ErrEncoding
	}
	var plain []byte
	if err == nil {
		plain, err = io.ReadAll(io.LimitReader(reader, limit+1))
	}
	switch {
	case int64(len(plain)) > limit:
		return nil, &http.MaxBytesError{Limit: limit}
	case err != nil && CheckObject(plain) != nil:
		return nil, errors.New("the body is not " + encoding + ", or it is damaged")
	}
	return plain, nil
}
