package emulator

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// ControlPath begins the paths at which a served emulator answers JSON requests that
// need no signature. They control the emulator, and are not part of the API.
const ControlPath = "/emulator/"

// DeliveriesPath is the path of the list of deliveries.
const DeliveriesPath = ControlPath + "deliveries"

const (
	// longestWait is less than the time in which the server must answer.
	longestWait = 50 * time.Second
	usualWait   = 20 * time.Second
	// betweenLooks is the shortest time between two looks of a request that waits.
	betweenLooks = 10 * time.Millisecond
	// maxControl is the largest body of a request to the control paths, in bytes.
	maxControl = 1 << 20
)

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
		{"GET", "/emulator/messages", filter, "", `{"messages": [{"id": "…", "sender": "…", "recipients": [{"address": "…", "status": 1}], "subject": "…"}]}`,
			"List the messages that were accepted, oldest first.", serveMessages},
		{"DELETE", "/emulator/messages", filter, "", `{"deleted": 2}`, "Delete messages and their deliveries.", deleteMessages},
		{"GET", "/emulator/deliveries", wait, "", `{"deliveries": [{"id": 1, "type": "delivered", "status": "accepted", "attempts": [], "event": {}}], "dropped": 0}`,
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
			err := endpoint.checkQuery(r.URL.Query())
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

// checkQuery refuses a parameter that the endpoint does not have, and one that is given
// twice. A misspelt parameter would otherwise select, or delete, everything.
func (p Endpoint) checkQuery(query url.Values) error {
	for _, name := range slices.Sorted(maps.Keys(query)) {
		known := slices.ContainsFunc(p.Query, func(described string) bool { return strings.HasPrefix(described, name+"=") })
		switch {
		case !known:
			return failure.New(failure.Usage, "unknown parameter %s", quote(name))
		case len(query[name]) > 1:
			return failure.New(failure.Usage, "the parameter %s is given twice", quote(name))
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

func serveMessages(e *Emulator, r *http.Request) (any, error) {
	f, err := parseFilter(r.URL.Query())
	if err != nil {
		return nil, err
	}
	all, err := e.Messages(f)
	return map[string]any{"messages": all}, err
}

func deleteMessages(e *Emulator, r *http.Request) (any, error) {
	f, err := parseFilter(r.URL.Query())
	if err != nil {
		return nil, err
	}
	n, err := e.DeleteMessages(f)
	return map[string]any{"deleted": n}, err
}

func serveDeliveries(e *Emulator, r *http.Request) (any, error) {
	query := r.URL.Query()
	f, err := parseFilter(query)
	if err != nil {
		return nil, err
	}
	count, timeout, err := parseWait(query.Get("wait"), query.Get("timeout"))
	if err != nil {
		return nil, err
	}
	if count != 0 {
		if err := e.Resume(); err != nil {
			return nil, err
		}
	}
	expired := time.After(timeout)
	for {
		changed, looked := e.changed.next(), time.Now()
		listing, err := e.DeliveriesOf(f)
		if err != nil || count == 0 || listing.has(count) {
			return listing, err
		}
		select {
		case <-changed:
		case <-expired:
			return listing, nil
		case <-r.Context().Done():
			return listing, nil
		}
		// Each look reads all deliveries, and a burst changes thousands of them a second.
		if !pause(r.Context(), time.Until(looked.Add(betweenLooks))) {
			return listing, nil
		}
	}
}

// waitAll is the count for wait=true: wait until nothing is pending.
const waitAll = -1

func parseWait(wait, timeout string) (count int, limit time.Duration, err error) {
	limit = usualWait
	if timeout != "" {
		seconds, err := strconv.ParseFloat(timeout, 64)
		if err != nil || !(seconds >= 0) {
			return 0, 0, failure.New(failure.Usage, "the timeout %s is not a number of seconds", quote(timeout))
		}
		limit = time.Duration(min(seconds, longestWait.Seconds()) * float64(time.Second))
	}
	switch wait {
	case "", "false":
		return 0, limit, nil
	case "true":
		return waitAll, limit, nil
	}
	count, err = strconv.Atoi(wait)
	if err != nil || count < 0 {
		return 0, 0, failure.New(failure.Usage, "wait %s is neither a number of deliveries nor true", quote(wait))
	}
	return count, limit, nil
}

// has reports whether count deliveries of the list are no longer pending.
func (l Listing) has(count int) bool {
	if count == waitAll {
		return !l.Pending()
	}
	for _, d := range l.Deliveries {
		if d.Status != DeliveryPending {
			count--
		}
	}
	return count <= 0
}

func deleteDeliveries(e *Emulator, r *http.Request) (any, error) {
	f, err := parseFilter(r.URL.Query())
	if err != nil {
		return nil, err
	}
	n, err := e.DeleteDeliveries(f)
	return map[string]any{"deleted": n}, err
}

func redeliver(e *Emulator, r *http.Request) (any, error) {
	id, err := strconv.ParseUint(r.PathValue("id"), 10, 64)
	if err != nil {
		return nil, errNoDelivery
	}
	return map[string]any{"redelivered": id}, e.Redeliver(id)
}

// faultList is the JSON of a list of faults.
type faultList struct {
	Faults []string `json:"faults"`
}

func serveFaults(e *Emulator, _ *http.Request) (any, error) {
	list := faultList{[]string{}}
	for _, f := range e.Faults() {
		list.Faults = append(list.Faults, f.String())
	}
	return list, nil
}

func putFaults(e *Emulator, r *http.Request) (any, error) {
	var list faultList
	if err := readControl(r, &list); err != nil {
		return nil, err
	}
	all := []Fault{}
	for _, spec := range list.Faults {
		f, err := ParseFault(spec)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	if err := e.SetFaults(all); err != nil {
		return nil, err
	}
	return serveFaults(e, r)
}

// callbackText is the JSON of a callback.
type callbackText struct {
	Scope  string `json:"scope"`
	Sender string `json:"sender,omitempty"`
	URL    string `json:"url"`
}

func serveCallbacks(e *Emulator, _ *http.Request) (any, error) {
	set, err := e.Callbacks()
	list := []callbackText{}
	for _, c := range set.All() {
		text := callbackText{Scope: "account", URL: c.URL.Whole()}
		if c.Target != callback.Account() {
			text.Scope, text.Sender = "sender", c.Target.Address()
		}
		list = append(list, text)
	}
	return map[string]any{"callbacks": list}, err
}

func putCallback(e *Emulator, r *http.Request) (any, error) {
	var text callbackText
	if err := readControl(r, &text); err != nil {
		return nil, err
	}
	t := callback.Account()
	switch {
	case text.Scope == "account" && text.Sender == "":
	case text.Scope == "sender":
		var err error
		if t, err = callback.ParseSender(text.Sender); err != nil {
			return nil, failure.New(failure.Usage, "the sender address is not valid: %w", err)
		}
	default:
		return nil, failure.New(failure.Usage, "the scope must be account, or sender with a sender address")
	}
	if err := e.SetCallback(t, text.URL); err != nil {
		return nil, err
	}
	return serveCallbacks(e, r)
}

func reset(e *Emulator, _ *http.Request) (any, error) {
	return map[string]string{"action": "reset"}, e.Clear()
}

func readControl(r *http.Request, into any) error {
	decoder := json.NewDecoder(io.LimitReader(r.Body, maxControl))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return failure.New(failure.Usage, "cannot read the body: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return failure.New(failure.Usage, "cannot read the body: something follows its JSON object")
	}
	return nil
}
