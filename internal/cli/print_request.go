package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/internal/webhook"
	"github.com/sesctl/sesctl/pkg/callback"
	"github.com/sesctl/sesctl/pkg/event"
)

// readEvent returns the event of a record, or an error that states why the record has
// none.
func readEvent(r webhook.Record) (event.Event, error) {
	if r.Body == nil {
		return event.Event{}, errors.New("it is not a JSON object")
	}
	return event.Decode(r.Payload())
}

// problemsOf returns how an event differs from a documented event.
func problemsOf(e event.Event, err error) []string {
	if err != nil {
		return []string{err.Error()}
	}
	var problems []string
	for _, problem := range e.Problems {
		problems = append(problems, problem.Error())
	}
	return problems
}

// eventKind returns the name of an event in tables.
func eventKind(r webhook.Record, e event.Event) string {
	switch {
	case r.Body == nil:
		return "not an event"
	case e.Type == "":
		return "unknown"
	}
	return string(e.Type)
}

// eventDetails returns what else is important about an event, besides its type and its
// addresses.
func eventDetails(e event.Event) []string {
	details := []string{string(e.BounceType), e.Reason, e.Link}
	if e.Type == event.Open {
		details = append(details, e.UserAgent)
	}
	return details
}

// joinDetails joins what an event holds and the remarks of sesctl about it. Only the remarks
// have a translation.
func (a *app) joinDetails(sent, said []string) string {
	details := joinParts(sent...)
	for _, remark := range said {
		translated, sign := a.texts.Text(remark), "; "
		if translated != remark {
			sign = "；"
		}
		if details == "" {
			sign = ""
		}
		details += sign + translated
	}
	return details
}

func joinParts(parts ...string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(parts), func(part string) bool { return part == "" }), "; ")
}

// requestPath returns the path and the query of a request for people. They are a part of
// the callback URL, which is a secret, so they are masked.
func (a *app) requestPath(r webhook.Record) string {
	if r.Query == "" {
		return a.pathOf(r.Path)
	}
	return a.pathOf(r.Path + "?" + r.Query)
}

func (a *app) pathOf(path string) string {
	if path == "" {
		return ""
	}
	const origin = "http://localhost"
	return strings.TrimPrefix(a.url(callback.NewURL(origin+path)), origin)
}

// requestLines returns the headers and the body of a request for people.
func requestLines(r webhook.Record, body []byte, indent string) []string {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(r.Headers)) {
		lines = append(lines, indent+output.Printable(name+": "+r.Headers[name]))
	}
	if len(lines) > 0 {
		lines = append(lines, "")
	}
	var pretty bytes.Buffer
	if r.Body != nil && json.Indent(&pretty, r.Body, "", "  ") == nil {
		body = pretty.Bytes()
	}
	for line := range strings.Lines(string([]rune(string(body)))) {
		lines = append(lines, indent+output.Printable(strings.TrimRight(line, "\r\n")))
	}
	return lines
}

func oneLineOf(body []byte) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' {
			return ' '
		}
		return r
	}, string(body))
}
