package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/internal/webhook"
	"github.com/sesctl/sesctl/pkg/callback"
	"github.com/sesctl/sesctl/pkg/event"
)

// eventPrinter prints events as they arrive, and counts them.
type eventPrinter struct {
	app    *app
	until  int
	enough chan struct{} // closed when the listener may end

	mu      sync.Mutex
	counts  shownCounts
	printer *output.Printer
	path    string // of the first request
	paths   bool   // there was a request with another path
	seen    bool   // there was a request
}

// shownCounts counts the events that were shown.
type shownCounts struct {
	arrived int
	unsaved int
	saveErr error // why the last one could not be saved
	err     error // why nothing can be printed any more
}

// result returns the counts so far.
func (p *eventPrinter) result() shownCounts {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.counts
}

// event prints one event in the form that was asked for, and counts it. It is called by
// one goroutine at a time.
func (p *eventPrinter) event(r webhook.Received) {
	p.notePath(r)
	if p.printer == nil {
		p.printer = p.app.printer()
	}
	if p.result().err == nil {
		for _, item := range p.items(r) {
			if err := p.printer.PrintItem(item); err != nil {
				p.mu.Lock()
				p.counts.err = err
				p.mu.Unlock()
				p.end()
				break
			}
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case wasNotSaved(r):
		p.counts.unsaved++
		p.counts.saveErr = r.Err
	case !r.Refused():
		if p.counts.arrived++; p.counts.arrived == p.until {
			p.end()
		}
	}
}

// wasNotSaved reports whether an event could not be saved. Such an event is not
// forwarded.
func wasNotSaved(r webhook.Received) bool {
	return r.Err != nil && r.Answers == nil && (r.Problem == nil || !errors.Is(r.Err, r.Problem))
}

// notePath records whether events arrive at more than one path. Only then each line
// names its path.
func (p *eventPrinter) notePath(r webhook.Received) {
	if !p.seen {
		p.seen, p.path = true, r.Path
	}
	p.paths = p.paths || r.Path != p.path
}

// end lets the listener end.
func (p *eventPrinter) end() {
	select {
	case <-p.enough:
	default:
		close(p.enough)
	}
}

// receivedView is an event in JSON and YAML. It has the keys of a saved event, so it can
// be replayed, and more.
type receivedView struct {
	webhook.Record
	Status    int           `json:"status"` // the answer
	LatencyMS float64       `json:"latency_ms"`
	Problem   string        `json:"problem,omitempty"` // how it differs from a documented event, or why it was refused
	Error     string        `json:"error,omitempty"`   // why the answer is not a success
	Forwards  []forwardView `json:"forwards,omitempty"`
}

type forwardView struct {
	URL       string  `json:"url"`
	Status    int     `json:"status"` // 0 if there was no answer
	LatencyMS float64 `json:"latency_ms"`
	Answer    string  `json:"answer,omitempty"` // its first line, outside 2xx
	Error     string  `json:"error,omitempty"`
}

// items creates only the requested form, because many events may arrive.
func (p *eventPrinter) items(r webhook.Received) []output.Item {
	switch {
	case p.printer.Quiet && r.Body == nil && r.Raw == nil:
		return nil // there is no body to print
	case p.printer.Quiet:
		return []output.Item{{Quiet: oneLineOf(quietBody(r))}}
	case p.printer.Format == output.FormatTable:
		return p.lines(r)
	}
	return []output.Item{{Data: receivedData(r)}}
}

// quietBody returns the body in UTF-8.
func quietBody(r webhook.Received) []byte {
	if r.Body != nil {
		return r.Body
	}
	return []byte(*r.Raw)
}

func receivedData(r webhook.Received) any {
	r.Received = r.Received.UTC()
	v := receivedView{Record: r.Record, Status: r.Status, LatencyMS: inMS(r.Latency), Problem: joinParts(receivedProblems(r)...), Error: errorText(r.Err)}
	for _, answer := range r.Answers {
		v.Forwards = append(v.Forwards, forwardView{answer.URL.Whole(), answer.Status, inMS(answer.Duration), answer.Line, errorText(answer.Err)})
	}
	return v
}

func receivedProblems(r webhook.Received) []string {
	if r.Problem != nil {
		return []string{r.Problem.Error()}
	}
	return problemsOf(r.Event, nil)
}

func inMS(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// errorText returns the text of an error, or "" for nil.
func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// oneLineWidth is the least width, in cells, at which an event is shown on one line. If
// the terminal is narrower, the text after the recipient is on a second line, so that no
// address is cut.
const oneLineWidth = 140

// lines returns an event for people: one or two lines, and the whole request with -v.
func (p *eventPrinter) lines(r webhook.Received) []output.Item {
	kind, color := string(r.Event.Type), typeColor(r.Event)
	switch {
	case r.Refused() && r.Status/100 != 2:
		kind, color = "refused", output.Red
	case r.Problem != nil:
		kind, color = "unknown", output.Yellow
	}
	answerColor := output.Faint
	if r.Status/100 != 2 {
		answerColor = output.Red
	}
	cells := []output.Cell{
		{Text: r.Received.Local().Format(time.TimeOnly), Color: output.Faint},
		{Text: kind, Width: len(event.Unsubscribe), Color: color},
	}
	const indent = "          " // of what belongs to the line above
	var items []output.Item
	if width := p.app.env.Width; width == 0 || width >= oneLineWidth {
		cells = append(cells, output.Cell{Text: fmt.Sprintf("%d %5.1fms", r.Status, inMS(r.Latency)), Width: 11, Color: answerColor},
			output.Cell{Text: r.Event.Email, Width: 24, Fit: output.Address, Verbatim: true})
		if r.Event.From != "" {
			cells = append(cells, output.Cell{Text: r.Event.From, Width: 24, Fit: output.Address, Verbatim: true})
		}
		cells = append(cells, output.Cell{Text: p.detail(r), Fit: output.Text, Verbatim: true})
		items = []output.Item{{Cells: cells}}
	} else {
		cells = append(cells, output.Cell{Text: strconv.Itoa(r.Status), Width: 3, Color: answerColor}, output.Cell{Text: r.Event.Email, Fit: output.Address, Verbatim: true})
		items = []output.Item{{Cells: cells}}
		if rest := joinParts(r.Event.From, p.detail(r)); rest != "" {
			items = append(items, output.Item{Cells: []output.Cell{{Text: indent[:len(indent)-2]}, {Text: rest, Fit: output.Text, Verbatim: true}}})
		}
	}
	if p.app.flags.verbose {
		head := strings.TrimSpace(r.Method + " " + p.app.requestPath(r.Record))
		for _, line := range append([]string{indent + head}, requestLines(r.Record, r.Shown(), indent)...) {
			items = append(items, output.Item{Cells: []output.Cell{{Text: line, Verbatim: true}}})
		}
	}
	return items
}

// detail returns what else is important about an event, besides its type and its
// addresses.
func (p *eventPrinter) detail(r webhook.Received) string {
	var sent []string
	if p.paths {
		sent = append(sent, p.app.pathOf(r.Path))
	}
	sent = append(sent, eventDetails(r.Event)...)
	parts := receivedProblems(r)
	if r.Refused() && len(r.Shown()) > 0 {
		parts = append(parts, "body "+beginning(r.Shown()))
	}
	for _, answer := range r.Answers {
		switch {
		case answer.Err != nil:
			parts = append(parts, answer.Err.Error())
		case answer.Status/100 != 2:
			parts = append(parts, joinProblem(fmt.Sprintf("forward to %s: answered %d", p.app.url(answer.URL), answer.Status), answer.Line))
		}
	}
	if wasNotSaved(r) {
		parts = append(parts, r.Err.Error())
	}
	return p.app.joinDetails(sent, parts)
}

// beginning returns the beginning of a body, escaped.
func beginning(body []byte) string {
	const most = 60
	if len(body) > most {
		return callback.Quote(strings.ToValidUTF8(string(body[:most]), "\ufffd")) + "…"
	}
	return callback.Quote(strings.ToValidUTF8(string(body), "\ufffd"))
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
