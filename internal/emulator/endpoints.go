package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/sesctl/sesctl/internal/failure"
)

// ControlPath begins the paths at which a served emulator answers JSON requests that
// need no signature. They control the emulator, and are not part of the API.
const ControlPath = "/emulator/"

// DeliveriesPath is the path of the list of deliveries.
const DeliveriesPath = ControlPath + "deliveries"

// maxControl is the largest body of a request to the control paths, in bytes.
const maxControl = 1 << 20

// Endpoint describes one request of the control paths.
type Endpoint struct {
	Method, Path string
	Query        []string // its query parameters, each with its meaning
	Body, Answer string   // examples in JSON; "" for none
	Summary      string
	serve        func(*Emulator, *http.Request) (any, error)
}

// Endpoints returns the requests that are served below [ControlPath].
func Endpoints() []Endpoint {
	filter := []string{"message=ID: the MessageId that SendEmail returned", "sender=ADDRESS", "recipient=ADDRESS",
		"since=TIME: RFC 3339, or seconds since 1970"}
	deliveries := append(filter[:4:4], "state=STATE: pending, accepted, failed or skipped")
	wait := append(deliveries[:5:5], "wait=N: answer when N of them are no longer pending; wait=true: when none is pending",
		"timeout=S: wait up to S seconds (20, at most 50), then answer what there is")
	return []Endpoint{
		{"GET", "/emulator/messages", filter, "", `{"messages": [{"id": "…", "sender": "…", "recipients": [{"address": "…", "kind": "to", "status": 1}], "reply_to": "…", "subject": "Order 17", "template_id": 7, "template_data": "{\"id\": 17}"}]}`,
			"List the messages that were accepted, oldest first.", serveMessages},
		{"DELETE", "/emulator/messages", filter, "", `{"deleted": 2}`, "Delete messages and their deliveries.", deleteMessages},
		{"GET", "/emulator/deliveries", wait, "", `{"deliveries": [{"id": 1, "type": "delivered", "recipient": "…", "recipient_kind": "to", "status": "accepted", "attempts": [], "event": {}}], "dropped": 0}`,
			"List the deliveries of events, oldest first. dropped counts older deliveries that were removed.", serveDeliveries},
		{"DELETE", "/emulator/deliveries", deliveries, "", `{"deleted": 2}`, "Delete deliveries. A pending delivery is cancelled.", deleteDeliveries},
		{"POST", "/emulator/deliveries/{id}/redeliver", nil, "", `{"redelivered": 7}`,
			"Deliver an event again, to the callback that is effective now. 404: the delivery does not exist. 409: it is still pending.", redeliver},
		{"GET", "/emulator/faults", nil, "", `{"faults": ["throttle=10%"]}`, "List the faults that are on.", serveFaults},
		{"PUT", "/emulator/faults", nil, `{"faults": ["error=InternalError,action=SendEmail"]}`, `{"faults": ["error=InternalError,action=SendEmail"]}`,
			"Turn these faults on, and all others off. An empty list turns all off.", putFaults},
		{"GET", "/emulator/callbacks", nil, "", `{"callbacks": [{"scope": "account", "url": "…"}]}`, "List the callbacks, with whole URLs.", serveCallbacks},
		{"PUT", "/emulator/callbacks", nil, `{"scope": "sender", "sender": "news@mail.example.com", "url": "http://127.0.0.1:8080/ses"}`,
			`{"callbacks": []}`, "Set one callback; an empty url removes it.", putCallback},
		{"POST", "/emulator/reset", nil, "", `{"action": "reset"}`, "Empty the state: fresh sender addresses, no callbacks, no messages, no faults.", reset},
	}
}

// control returns the handler of the control paths.
func (e *Emulator) control() http.Handler {
	mux := http.NewServeMux()
	for _, endpoint := range Endpoints() {
		mux.HandleFunc(endpoint.Method+" "+endpoint.Path, func(w http.ResponseWriter, r *http.Request) {
			var answer any
			err := endpoint.checkQuery(r.URL.RawQuery)
			if err == nil {
				answer, err = endpoint.serve(e, r)
			}
			writeControl(w, answer, err)
		})
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern == "" {
			notServed(w, mux, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// checkQuery refuses a parameter that the endpoint does not have, is empty or is given
// twice. A misspelt parameter, or a variable that is not set, would otherwise select, or
// delete, everything.
func (p Endpoint) checkQuery(text string) error {
	query, err := url.ParseQuery(text)
	if err != nil {
		return failure.New(failure.Usage, "the query is not valid: write %%25 for a percent sign and %%3B for a semicolon")
	}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		known := slices.ContainsFunc(p.Query, func(described string) bool { return strings.HasPrefix(described, name+"=") })
		switch {
		case !known:
			return failure.New(failure.Usage, "unknown parameter %s", quote(name))
		case len(query[name]) > 1:
			return failure.New(failure.Usage, "the parameter %s is given twice", quote(name))
		case query.Get(name) == "":
			return failure.New(failure.Usage, "the parameter %s is empty; give it a value, or leave it out", quote(name))
		}
	}
	return nil
}

// notServed answers a request that is not one of the endpoints, in JSON as they do.
func notServed(w http.ResponseWriter, mux *http.ServeMux, r *http.Request) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := mux.Handler(other); pattern != "" {
			allowed = append(allowed, method)
		}
	}
	status, message := http.StatusNotFound, "there is no endpoint "+quote(r.URL.Path)
	if len(allowed) > 0 {
		status, message = http.StatusMethodNotAllowed, "this endpoint takes "+strings.Join(allowed, " or ")+" only"
		w.Header().Set("Allow", strings.Join(allowed, ", "))
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": message})
}

func writeControl(w http.ResponseWriter, answer any, err error) {
	status := http.StatusOK
	if err != nil {
		switch answer = map[string]string{"error": err.Error()}; {
		case errors.Is(err, errNoDelivery):
			status = http.StatusNotFound
		case errors.Is(err, errStillPending):
			status = http.StatusConflict
		case failure.KindOf(err) == failure.Usage:
			status = http.StatusBadRequest
		default:
			status = http.StatusInternalServerError
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(answer) // the client may have closed the connection
}

func readControl(r *http.Request, into any) error {
	decoder := json.NewDecoder(io.LimitReader(r.Body, maxControl))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return failure.New(failure.Usage, "cannot read the body: %s", bodyReason(err))
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return failure.New(failure.Usage, "cannot read the body: something follows its JSON object")
	}
	return nil
}

// bodyReason explains an error of package json to the author of a body. It does not
// repeat values.
func bodyReason(err error) string {
	var syntax *json.SyntaxError
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.EOF):
		return "it is empty, but must be a JSON object"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "it ends before it is complete"
	case errors.As(err, &syntax):
		return fmt.Sprintf("it is not JSON at byte %d, or is nested too deep", syntax.Offset-1)
	case errors.As(err, &wrong) && wrong.Field == "":
		return "it is not a JSON object"
	case errors.As(err, &wrong):
		return "the value of " + quote(wrong.Field) + " has the wrong type"
	}
	return strings.TrimPrefix(err.Error(), "json: ") // an unknown field
}
