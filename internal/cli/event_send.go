package cli

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/network"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/internal/webhook"
	"github.com/sesctl/sesctl/pkg/callback"
)

// shownEvents is the largest number of events that are shown one by one. If there are
// more, events with the same name, answer and problem are counted together.
const shownEvents = 20

// sending is how many events are sent, and how they are shown.
type sending struct {
	total int  // 0 if it is not known
	each  bool // show each one, however many there are
}

// sentView is the result of sending events, in JSON and YAML.
type sentView struct {
	URL string `json:"url"`
	webhook.Summary
	ElapsedMS float64     `json:"elapsed_ms"`
	Events    []sentItem  `json:"events,omitempty"` // the first ones
	Answers   []sentGroup `json:"answers"`          // all of them, the equal ones once
}

type sentItem struct {
	Event     string  `json:"event"`
	Status    int     `json:"status"` // 0 if there was no answer
	LatencyMS float64 `json:"latency_ms"`
	Answer    string  `json:"answer,omitempty"` // its first line, outside 2xx
	Error     string  `json:"error,omitempty"`
}

// sentGroup counts events with the same name and the same answer.
type sentGroup struct {
	Event  string `json:"event"`
	Status int    `json:"status"`
	Answer string `json:"answer,omitempty"` // the first line of the first of them
	Error  string `json:"error,omitempty"`
	Count  int    `json:"count"`
}

func (g *sentGroup) problem() string { return joinProblem(g.Error, g.Answer) }

func (i *sentItem) problem() string { return joinProblem(i.Error, i.Answer) }

func joinProblem(problem, line string) string {
	if problem == "" || line == "" {
		return problem + line
	}
	return problem + ": " + line
}

// maxGroups limits the number of groups. The number of names is limited by the event
// types and the malformed bodies.
const maxGroups = 200

func (v *sentView) add(item sentItem) {
	for i := range v.Answers {
		if g := &v.Answers[i]; g.Event == item.Event && g.Status == item.Status && g.Error == item.Error {
			g.Count++
			return
		}
	}
	if len(v.Answers) < maxGroups {
		v.Answers = append(v.Answers, sentGroup{item.Event, item.Status, item.Answer, item.Error, 1})
	}
}

// send sends messages and shows their answers. It returns a finding if an answer is not
// as expected.
func (a *app) send(ctx context.Context, sender *webhook.Sender, url callback.URL, messages iter.Seq[webhook.Message], s sending) error {
	view := sentView{URL: url.Whole(), Answers: []sentGroup{}}
	bar := a.bar("sending", s.total)
	var failed *network.ProxyError
	var via *network.Proxy
	summary, err := sender.Send(ctx, url.Whole(), messages, func(o webhook.Outcome) {
		item := sentItem{Event: o.Message.Name, Status: o.Status, LatencyMS: inMS(o.Latency), Answer: o.Line}
		if o.Err != nil {
			item.Error = o.Err.Error()
			errors.As(o.Err, &failed)
			via = o.Proxy
		}
		if len(view.Events) < shownEvents || s.each {
			view.Events = append(view.Events, item)
		}
		view.add(item)
		if a.flags.verbose {
			fmt.Fprintf(a.env.Stderr, "POST %s %s %s %s\n", a.url(url), item.Event, answerCell(item.Status), o.Latency.Round(10*time.Microsecond))
		}
		bar.step(item.Event, false) // why some failed is shown at the end, once for each reason
	})
	bar.end()
	if err != nil {
		return err
	}
	view.Summary, view.ElapsedMS = summary, inMS(summary.Elapsed)
	if err := a.print(sentResult(a, view, s)); err != nil {
		return err
	}
	return a.sentVerdict(ctx, view, s, failed, via)
}

// sentVerdict returns the error of what was sent, or nil. failed is how a proxy failed,
// and via is the proxy that may have given an answer in place of the receiver. Both can
// be nil.
func (a *app) sentVerdict(ctx context.Context, v sentView, s sending, failed *network.ProxyError, via *network.Proxy) error {
	cut := ctx.Err() != nil && (v.Tried() < s.total || s.total == 0)
	switch {
	case cut && errors.Is(ctx.Err(), context.DeadlineExceeded) && s.total > 0:
		return failure.New(failure.Failure, "the timeout of %s was reached after %d of %d events", a.flags.timeout, v.Tried(), s.total).
			WithHint("use a longer --timeout; without --timeout, this command has no timeout")
	case cut:
		return ctx.Err()
	case v.Failed == 0:
		return nil
	case failed != nil && v.Sent == 0:
		return failure.New(failure.Finding, "no event was sent: %w", failed).WithHint("%s", failed.Hint())
	case failed != nil:
		return failure.New(failure.Finding, "%d of %s were not sent: %w", v.Unsent, count(v.Tried(), "event"), failed).WithHint("%s", failed.Hint())
	case via != nil:
		return failure.New(failure.Finding, "%d of %s were not accepted: %s", v.Failed, count(v.Sent, "event"), reasons(v.Failures)).
			WithHint("the answer may come from %s instead of the receiver", via.Name())
	}
	return failure.New(failure.Finding, "%s did not accept %d of %s: %s", a.url(callback.NewURL(v.URL)), v.Failed, count(v.Sent, "event"), reasons(v.Failures))
}

// reasons returns the most frequent reasons of failures.
func reasons(failures map[string]int) string {
	const most = 3
	names := slices.SortedFunc(maps.Keys(failures), func(a, b string) int {
		if failures[a] != failures[b] {
			return failures[b] - failures[a]
		}
		return strings.Compare(a, b)
	})
	shown := slices.Clone(names[:min(most, len(names))])
	if len(names) > 1 {
		for i, name := range shown {
			shown[i] = fmt.Sprintf("%d times %s", failures[name], name)
		}
	}
	if more := len(names) - most; more > 0 {
		shown = append(shown, count(more, "other reason"))
	}
	return strings.Join(shown, ", ")
}

func sentResult(a *app, v sentView, s sending) output.Result {
	r := output.Result{Data: v, Quiet: []string{strconv.Itoa(v.Accepted())}}
	if v.Tried() <= shownEvents || s.each {
		r.Table = eventsTable(v.Events)
	} else {
		r.Table = answersTable(v.Answers)
	}
	line := fmt.Sprintf("sent %s to %s in %s", count(v.Sent, "event"), a.url(callback.NewURL(v.URL)), v.Elapsed.Round(time.Millisecond))
	if v.Sent > 1 {
		line += fmt.Sprintf(" (%.0f a second), %d failed", v.Rate, v.Failed-v.Unsent)
	}
	if v.Sent > 0 {
		r.Text = append(r.Text, line)
	}
	if l := v.Latency; v.Sent > 1 && len(v.Statuses) > 0 {
		r.Text = append(r.Text, fmt.Sprintf("latency in ms: min %.1f, p50 %.1f, p90 %.1f, p99 %.1f, max %.1f", l.Min, l.P50, l.P90, l.P99, l.Max))
	}
	return r
}

var eventColumns = []output.Column{
	{Name: "event", Fit: output.Text}, {Name: "answer", Paint: paintAnswer, Keep: true}, {Name: "ms", Keep: true},
	{Name: "problem", Fit: output.Sentences},
}

func eventsTable(items []sentItem) *output.Table {
	table := &output.Table{Columns: eventColumns, Empty: "no events"}
	for _, item := range items {
		table.Rows = append(table.Rows, []string{item.Event, answerCell(item.Status), fmt.Sprintf("%.1f", item.LatencyMS), item.problem()})
	}
	return table
}

func answersTable(groups []sentGroup) *output.Table {
	table := &output.Table{Columns: []output.Column{
		{Name: "event", Keep: true}, {Name: "answer", Keep: true, Paint: paintAnswer}, {Name: "events", Keep: true}, {Name: "problem", Fit: output.Sentences},
	}}
	for _, g := range groups {
		table.Rows = append(table.Rows, []string{g.Event, answerCell(g.Status), strconv.Itoa(g.Count), g.problem()})
	}
	return table
}

func answerCell(status int) string {
	if status == 0 {
		return "none"
	}
	return strconv.Itoa(status)
}

func paintAnswer(cell string) output.Color {
	if len(cell) == 3 && cell[0] == '2' {
		return output.Green
	}
	return output.Red
}
