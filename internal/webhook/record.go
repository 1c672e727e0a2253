package webhook

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Record is a request as it is saved: one line of JSON. It has a Body if it is a JSON
// object, and Raw otherwise.
type Record struct {
	Received time.Time         `json:"received"`
	ID       string            `json:"id,omitempty"`     // names the record in its file
	Remote   string            `json:"remote,omitempty"` // address of the sender
	Path     string            `json:"path,omitempty"`
	Query    string            `json:"query,omitempty"`
	Headers  map[string]string `json:"headers,omitempty"`    // without Authorization and Cookie
	Body     json.RawMessage   `json:"body,omitempty"`       // the JSON object, decompressed
	Raw      *string           `json:"raw,omitempty"`        // a body that is not a JSON object
	Exact    []byte            `json:"raw_base64,omitempty"` // byte for byte, if Body or Raw is not
}

// Payload returns the body to send again: as it came, but decompressed, and with
// spaces in place of line ends between the tokens of a saved JSON object.
func (r Record) Payload() []byte {
	switch {
	case r.Exact != nil:
		return r.Exact
	case r.Raw != nil:
		return []byte(*r.Raw)
	}
	return r.Body
}

// savedHeaders returns the headers of a request without its credentials. SES does not
// document what it sends, so the rest is kept.
func savedHeaders(h http.Header) map[string]string {
	saved := make(map[string]string, len(h))
	for name, values := range h {
		switch name {
		case "Authorization", "Proxy-Authorization", "Cookie":
		default:
			saved[name] = strings.Join(values, ", ")
		}
	}
	return saved
}

// appendLine appends the record and a line end. Line ends in the body can only be
// white space between tokens, because it is valid JSON.
func (r Record) appendLine(out []byte) []byte {
	out = append(out, `{"received":"`...)
	out = r.Received.UTC().AppendFormat(out, time.RFC3339Nano)
	out = append(out, '"')
	for _, field := range [...]struct{ name, value string }{{"id", r.ID}, {"remote", r.Remote}, {"path", r.Path}, {"query", r.Query}} {
		if field.value != "" {
			out = appendQuoted(append(appendQuoted(append(out, ','), field.name), ':'), field.value)
		}
	}
	if len(r.Headers) > 0 {
		out = append(out, `,"headers":{`...)
		for i, name := range slices.Sorted(maps.Keys(r.Headers)) {
			if i > 0 {
				out = append(out, ',')
			}
			out = appendQuoted(append(appendQuoted(out, name), ':'), r.Headers[name])
		}
		out = append(out, '}')
	}
	if r.Body != nil {
		out = append(out, `,"body":`...)
		start := len(out)
		out = append(out, bytes.TrimSpace(r.Body)...)
		for i := start; i < len(out); i++ {
			if out[i] == '\n' || out[i] == '\r' {
				out[i] = ' '
			}
		}
	}
	if r.Raw != nil {
		out = appendQuoted(append(out, `,"raw":`...), *r.Raw)
	}
	if r.Exact != nil {
		out = append(out, `,"raw_base64":"`...)
		out = base64.StdEncoding.AppendEncode(out, r.Exact)
		out = append(out, '"')
	}
	return append(out, "}\n"...)
}

// appendFailure appends the line that a record was not answered 2xx.
func appendFailure(out []byte, id string, status int, reason string) []byte {
	out = appendQuoted(append(out, `{"failed":`...), id)
	out = strconv.AppendInt(append(out, `,"status":`...), int64(status), 10)
	if reason != "" {
		out = appendQuoted(append(out, `,"error":`...), reason)
	}
	return append(out, "}\n"...)
}

func appendQuoted(out []byte, text string) []byte {
	quoted, err := json.Marshal(text)
	if err != nil {
		return append(out, `""`...) // a string always encodes
	}
	return append(out, quoted...)
}
