package emulator

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/sesctl/sesctl/internal/sesapi"
)

const (
	// maxBody is the limit of API 3.0 for requests signed with v3 (10 MB).
	maxBody = 10 << 20
	// maxDrain is how much of a body that is too long is read all the same, so
	// that a client which writes before it reads gets the answer.
	maxDrain = 32 << 20
	// maxKept bounds the buffers that are kept for the next request.
	maxKept = 64 << 10
)

// buffer is the memory of one request, which the next one uses again.
type buffer struct {
	body []byte
	out  []byte
}

// outcome of a request: the fields of its answer, an error, or a fault that
// leaves no answer of the API.
type answered struct {
	fields []byte
	err    *apiError
	broken faultKind
}

// ServeHTTP answers one request of API 3.0. The status is 200 for errors too:
// the official SDKs read the error from the body, and only from there.
func (e *Emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet && r.URL.Path == DeliveriesPath {
		e.serveDeliveries(w, r)
		return
	}
	c := e.buffers.Get().(*buffer)
	defer e.release(c)
	c.out = append(c.out[:0], `{"Response":{`...)
	got := e.serve(r, c)
	if r.Context().Err() != nil {
		return // nobody waits for the answer
	}
	if got.broken != noFault {
		got.broken.answer(w)
		return
	}
	answer := got.fields
	if got.err != nil {
		answer = appendError(c.out, got.err)
	}
	answer = append(answer, `"RequestId":"`...)
	answer = append(appendRequestID(answer), `"}}`...)
	c.out = answer
	h := w.Header()
	h["Content-Type"] = e.jsonType
	h["Content-Length"] = []string{strconv.Itoa(len(answer))}
	_, _ = w.Write(answer) // a client that went away has no use for an error
}

func (e *Emulator) release(c *buffer) {
	if max(cap(c.body), cap(c.out)) <= maxKept {
		e.buffers.Put(c)
	}
}

func (e *Emulator) serve(r *http.Request, c *buffer) answered {
	if r.Method != http.MethodPost || r.URL.Path != "/" && r.URL.Path != "" {
		return answered{err: refuse(sesapi.CodeUnsupportedProtocol, "Only POST / is served.")}
	}
	if err := c.read(r); err != nil {
		return answered{err: err}
	}
	if err := e.verifier.Verify(r, c.body); err != nil {
		return answered{err: &apiError{err.Code, err.Message}}
	}
	a, err := e.action(r.Header)
	if err != nil {
		return answered{err: err}
	}
	fault := e.faults.request(first(r.Header, "X-Tc-Action"))
	if got, over := fault.before(r.Context()); over {
		return got
	}
	in, err := a.decode(c.body)
	if err != nil {
		return answered{err: err}
	}
	// A client that has gone may have been answered that its call failed.
	if r.Context().Err() != nil {
		return answered{}
	}
	call := &request{Emulator: e, action: a, in: in, out: c.out}
	err = e.transact(call)
	if fault.kind == dropAfter {
		return answered{broken: dropAfter}
	}
	return answered{fields: call.out, err: err}
}

// read reads the body into c.body.
func (c *buffer) read(r *http.Request) *apiError {
	c.body = c.body[:0]
	if r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	if r.ContentLength > maxBody {
		return tooLarge(r.Body)
	}
	if need := int(r.ContentLength) + bytes.MinRead; r.ContentLength > 0 && cap(c.body) < need {
		c.body = make([]byte, 0, need)
	}
	buffer := bytes.NewBuffer(c.body)
	_, err := buffer.ReadFrom(io.LimitReader(r.Body, maxBody+1))
	c.body = buffer.Bytes()
	switch {
	case err != nil:
		return refuse(sesapi.CodeInvalidParameter, "The request body could not be read to its end.")
	case len(c.body) > maxBody:
		return tooLarge(r.Body)
	}
	return nil
}

func tooLarge(rest io.Reader) *apiError {
	_, _ = io.Copy(io.Discard, io.LimitReader(rest, maxDrain))
	return refuse(sesapi.CodeRequestSizeLimit, "The request is larger than %d bytes.", maxBody)
}

// action checks the common parameters of a request, and returns the action that
// it names.
func (e *Emulator) action(h http.Header) (*action, *apiError) {
	name, version, region := first(h, "X-Tc-Action"), first(h, "X-Tc-Version"), first(h, "X-Tc-Region")
	switch {
	case !strings.HasPrefix(strings.ToLower(first(h, "Content-Type")), "application/json"):
		return nil, refuse(sesapi.CodeUnsupportedProtocol, "The content type must be application/json.")
	case name == "":
		return nil, missingHeader("X-TC-Action")
	case version == "":
		return nil, missingHeader("X-TC-Version")
	case region == "":
		return nil, missingHeader("X-TC-Region")
	case version != sesapi.Version:
		return nil, refuse(sesapi.CodeNoSuchVersion, "There is no version %s; there is %s.", quote(version), sesapi.Version)
	}
	if _, served := e.regions[region]; !served {
		return nil, refuse(sesapi.CodeUnsupportedRegion, "SES does not support the region %s.", quote(region))
	}
	a, known := e.actions[name]
	if !known {
		return nil, refuse(sesapi.CodeInvalidAction, "There is no action %s.", quote(name))
	}
	return a, nil
}

// first returns the first value of a header; key is in its canonical form,
// which net/http brings all names into.
func first(h http.Header, key string) string {
	if values := h[key]; len(values) > 0 {
		return values[0]
	}
	return ""
}

func missingHeader(name string) *apiError {
	return refuse(sesapi.CodeMissingParameter, "The request is missing a required header `%s`.", name)
}

// appendRequestID appends a random UUID (RFC 9562, version 4).
func appendRequestID(b []byte) []byte {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	for i, part := range [...][]byte{id[:4], id[4:6], id[6:8], id[8:10], id[10:]} {
		if i > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, part)
	}
	return b
}
