package emulator

import (
	"crypto/rand"
	"encoding/hex"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/sesapi"
)

// maxKept is the largest buffer that is kept for another request, in bytes.
const maxKept = 64 << 10

// buffer is the memory of one request, which a later request reuses.
type buffer struct {
	body []byte
	out  []byte
}

// answered is the outcome of a request: the fields of its answer, an error, or a
// fault without an answer in the form of the API.
type answered struct {
	action string
	run    *action // nil if no action was run
	in     object
	fields []byte
	err    *apiError
	broken faultKind
}

// ServeHTTP answers one request of API 3.0. The status is 200 for errors too:
// the official SDKs read the error from the body, and only from there.
func (e *Emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, ControlPath) {
		e.beside().ServeHTTP(w, r)
		return
	}
	c := e.buffers.Get().(*buffer)
	defer e.release(c)
	c.out = append(c.out[:0], `{"Response":{`...)
	began := time.Now()
	got := e.serve(r, c)
	if r.Context().Err() != nil {
		return // the client no longer waits for the answer
	}
	var id [36]byte
	appendRequestID(id[:0])
	e.report(got, id[:], began)
	if got.run != nil && got.run.product == "" {
		e.record(got, len(c.body), string(id[:]))
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
	answer = append(append(answer, id[:]...), `"}}`...)
	c.out = answer
	h := w.Header()
	h["Content-Type"] = e.jsonType
	h["Content-Length"] = []string{strconv.Itoa(len(answer))}
	_, _ = w.Write(answer) // the client may have closed the connection
}

// report calls [Options].OnRequest, if that is set.
func (e *Emulator) report(got answered, id []byte, began time.Time) {
	if e.onRequest == nil {
		return
	}
	call := Call{Action: got.action, RequestID: string(id), Duration: time.Since(began)}
	switch {
	case got.err != nil:
		call.Code = got.err.code
	case got.broken == serverError:
		call.Code = "503"
	case got.broken != noFault:
		call.Code = "dropped"
	}
	e.onRequest(call)
}

func (e *Emulator) release(c *buffer) {
	if max(cap(c.body), cap(c.out)) <= maxKept {
		e.buffers.Put(c)
	}
}

// envelope is the common parameters of a request, and a function that reads the
// parameters of its action.
type envelope struct {
	action, version, region string
	params                  func(*action) (object, *apiError)
}

func (e *Emulator) serve(r *http.Request, c *buffer) answered {
	if r.Method != http.MethodPost && r.Method != http.MethodGet || strings.Trim(r.URL.Path, "/") != "" {
		return answered{err: refuse(sesapi.CodeUnsupportedProtocol, "Only POST / and GET / are served.")}
	}
	free, err := e.bodies.read(r, c)
	if err != nil {
		return answered{err: err}
	}
	defer free()
	envelope, err := e.verify(r, c.body)
	if err != nil {
		return answered{err: err}
	}
	got := e.call(r, c, envelope)
	got.action = envelope.action
	return got
}

// call runs the action that a verified request names.
func (e *Emulator) call(r *http.Request, c *buffer, envelope envelope) answered {
	a, err := e.action(envelope)
	if err != nil {
		return answered{err: err}
	}
	if slices.Contains(e.deny, envelope.action) {
		return answered{err: refuse(sesapi.CodeAuthUnauthorized, "you are not authorized to perform operation (ses:%s) resource (*) has no permission", envelope.action)}
	}
	if err := e.limits.request(envelope.action, e.now()); err != nil {
		return answered{err: err}
	}
	fault := e.faults.Load().request(envelope.action)
	if got, over := fault.before(r.Context()); over {
		return got
	}
	in, err := envelope.params(a)
	if err != nil {
		return answered{err: err}
	}
	// A client that no longer waits may already have reported that its call failed.
	if r.Context().Err() != nil {
		return answered{}
	}
	call := &request{Emulator: e, action: a, in: in, out: c.out}
	err = e.transact(call)
	if fault.kind == dropAfter {
		return answered{broken: dropAfter}
	}
	return answered{fields: call.out, err: err, run: a, in: in}
}

// verify checks the signature of a request. There are four kinds: TC3 with a JSON
// body (POST) or a query (GET), and signature v1 with a form in the body (POST) or in
// the query (GET).
func (e *Emulator) verify(r *http.Request, body []byte) (envelope, *apiError) {
	kind, _, _ := strings.Cut(strings.ToLower(first(r.Header, "Content-Type")), ";")
	form := strings.TrimSpace(kind) == "application/x-www-form-urlencoded"
	signed := first(r.Header, "Authorization") != ""
	switch {
	case r.Method == http.MethodPost && !form:
		if err := e.verifier.Verify(r, body); err != nil {
			return envelope{}, &apiError{err.Code, err.Message}
		}
		if !strings.HasPrefix(kind, "application/json") {
			return envelope{}, refuse(sesapi.CodeUnsupportedProtocol, "The content type must be application/json.")
		}
		return byHeader(r.Header, func(a *action) (object, *apiError) { return a.decode(body) })
	case signed && r.Method == http.MethodGet:
		if err := e.verifier.Verify(r, body); err != nil {
			return envelope{}, &apiError{err.Code, err.Message}
		}
		query, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			return envelope{}, refuse(sesapi.CodeInvalidParameter, "The query of the request cannot be read.")
		}
		return byHeader(r.Header, func(a *action) (object, *apiError) { return a.decodeForm(query, false) })
	}
	text := r.URL.RawQuery
	if r.Method == http.MethodPost {
		text = string(body)
	}
	params, err := url.ParseQuery(text)
	if err != nil {
		return envelope{}, refuse(sesapi.CodeInvalidParameter, "The parameters of the request cannot be read.")
	}
	if err := e.verifier.VerifyV1(r, params); err != nil {
		return envelope{}, &apiError{err.Code, err.Message}
	}
	return byForm(params)
}

func (a *action) decodeForm(form url.Values, common bool) (object, *apiError) {
	given, err := formObject(form, a.params, common)
	if err != nil {
		return nil, err
	}
	return judge(a.params, given, "")
}

// byHeader reads the common parameters of a request that is signed with TC3.
func byHeader(h http.Header, params func(*action) (object, *apiError)) (envelope, *apiError) {
	e := envelope{first(h, "X-Tc-Action"), first(h, "X-Tc-Version"), first(h, "X-Tc-Region"), params}
	if name := e.missing(); name != "" {
		return e, refuse(sesapi.CodeMissingParameter, "The request is missing a required header `X-TC-%s`.", name)
	}
	return e, nil
}

// byForm reads the common parameters of a request that is signed with v1.
func byForm(form url.Values) (envelope, *apiError) {
	e := envelope{form.Get("Action"), form.Get("Version"), form.Get("Region"),
		func(a *action) (object, *apiError) { return a.decodeForm(form, true) }}
	if name := e.missing(); name != "" {
		return e, refuse(sesapi.CodeMissingParameter, "The request is missing a required parameter `%s`.", name)
	}
	return e, nil
}

// missing returns the name of a common parameter that is missing, or "".
func (e envelope) missing() string {
	switch "" {
	case e.action:
		return "Action"
	case e.version:
		return "Version"
	case e.region:
		return "Region"
	}
	return ""
}

// action returns the action that a request names.
func (e *Emulator) action(r envelope) (*action, *apiError) {
	if r.action == auditAction && r.version == auditVersion {
		return e.auditAction, nil
	}
	if r.version != sesapi.Version {
		return nil, refuse(sesapi.CodeNoSuchVersion, "There is no version %s of the API; the version is %s.", quote(r.version), sesapi.Version)
	}
	if _, served := e.regions[r.region]; !served {
		return nil, refuse(sesapi.CodeUnsupportedRegion, "SES does not support the region %s.", quote(r.region))
	}
	if a, served := e.actions[r.action]; served {
		return a, nil
	}
	if _, published := sesapi.PublishedActions()[r.action]; published {
		return nil, refuse(sesapi.CodeUnsupportedOperation, "The emulator does not serve the action %s. It serves %s.",
			r.action, strings.Join(slices.Sorted(maps.Keys(e.actions)), ", "))
	}
	return nil, refuse(sesapi.CodeInvalidAction, "The request action=%s is invalid or not found in service=`ses` and version=`%s`.", grave(r.action), sesapi.Version)
}

// first returns the first value of a header, or "". Key must be in the canonical form
// that net/http uses for all names.
func first(h http.Header, key string) string {
	if values := h[key]; len(values) > 0 {
		return values[0]
	}
	return ""
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
