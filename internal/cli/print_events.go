package cli

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/internal/webhook"
	"github.com/sesctl/sesctl/pkg/event"
)

// show prints events as they come, and counts them.
type show struct {
	app    *app
	until  int
	enough chan struct{} // closed when the listener may end

	// Written by the one goroutine that is told of events; read after it ended.
	came    int
	unsaved int
	saveErr error // why the last one could not be saved
	err     error // why nothing can be printed any more
	printer *output.Printer
}

func (s *show) event(r webhook.Received) {
	if s.printer == nil {
		s.printer = s.app.printer()
	}
	if s.err == nil {
		if s.err = s.printer.PrintItem(s.item(r)); s.err != nil {
			s.end()
		}
	}
	switch {
	case r.Refused():
	case r.Err != nil && r.Answers == nil: // an event that is not saved is not forwarded
		s.unsaved++
		s.saveErr = r.Err
	default:
		if s.came++; s.came == s.until {
			s.end()
		}
	}
}

func (s *show) end() {
	select {
	case <-s.enough:
	default:
		close(s.enough)
	}
}

// receivedView is an event in JSON and YAML. It has the keys of a saved one, so
// that it can be replayed, and some more.
type receivedView struct {
	webhook.Record
	Status    int           `json:"status"` // the answer
	LatencyMS float64       `json:"latency_ms"`
	Problem   string        `json:"problem,omitempty"` // it is not as documented, or why it was refused
	Error     string        `json:"error,omitempty"`   // why the answer is no success
	Forwards  []forwardView `json:"forwards,omitempty"`
}

type forwardView struct {
	URL       string  `json:"url"`
	Status    int     `json:"status"` // 0 where there was no answer
	LatencyMS float64 `json:"latency_ms"`
	Error     string  `json:"error,omitempty"`
}

// item makes the form alone that is asked for: many events may come.
func (s *show) item(r webhook.Received) output.Item {
	switch {
	case s.printer.Quiet:
		return output.Item{Quiet: string(bytes.Map(oneLine, r.Body))}
	case s.printer.Format == output.FormatTable:
		return output.Item{Cells: s.cells(r)}
	}
	return output.Item{Data: receivedData(r)}
}

func oneLine(r rune) rune {
	if r == '\n' || r == '\r' {
		return ' '
	}
	return r
}

func receivedData(r webhook.Received) any {
	r.Received = r.Received.UTC()
	v := receivedView{Record: r.Record, Status: r.Status, LatencyMS: inMS(r.Latency), Problem: text(r.Problem), Error: text(r.Err)}
	for _, answer := range r.Answers {
		v.Forwards = append(v.Forwards, forwardView{answer.URL.Whole(), answer.Status, inMS(answer.Duration), text(answer.Err)})
	}
	return v
}

func inMS(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func (s *show) cells(r webhook.Received) []output.Cell {
	kind, color := string(r.Event.Type), typeColor(r.Event)
	switch {
	case r.Refused():
		kind, color = "refused", output.Red
	case r.Problem != nil:
		kind, color = "unknown", output.Yellow
	}
	answer := output.Faint
	if r.Status/100 != 2 {
		answer = output.Red
	}
	return []output.Cell{
		{Text: r.Received.Local().Format(time.TimeOnly), Color: output.Faint},
		{Text: kind, Width: len(event.Unsubscribe), Color: color},
		{Text: fmt.Sprintf("%d %5.1fms", r.Status, inMS(r.Latency)), Width: 11, Color: answer},
		{Text: r.Event.Email, Width: 24, Fit: output.Address},
		{Text: s.detail(r), Fit: output.Text},
	}
}

// detail is what matters of an event besides its type and its recipient.
func (s *show) detail(r webhook.Received) string {
	var parts []string
	add := func(text string) {
		if text != "" {
			parts = append(parts, text)
		}
	}
	e := r.Event
	if e.BounceType != "" {
		add(string(e.BounceType))
	}
	add(e.Reason)
	add(e.Link)
	if e.Type == event.Open {
		add(e.UserAgent)
	}
	add(text(r.Problem))
	for _, answer := range r.Answers {
		switch {
		case answer.Err != nil:
			add(answer.Err.Error())
		case answer.Status/100 != 2:
			add(fmt.Sprintf("forward to %s: answered %d", s.app.url(answer.URL), answer.Status))
		}
	}
	if r.Err != nil && r.Answers == nil && !errors.Is(r.Err, r.Problem) {
		add(r.Err.Error())
	}
	return strings.Join(parts, "; ")
}

func typeColor(e event.Event) output.Color {
	switch e.Type {
	case event.Delivered, event.Open, event.Click:
		return output.Green
	case event.Bounce:
		if e.BounceType == event.SoftBounce {
			return output.Yellow
		}
		return output.Red
	case event.Dropped, event.SpamReport:
		return output.Red
	case event.Deferred, event.Unsubscribe:
		return output.Yellow
	}
	return output.Plain
}
