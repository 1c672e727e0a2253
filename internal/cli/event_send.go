package cli

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/internal/webhook"
	"github.com/sesctl/sesctl/pkg/callback"
)

// shownEvents is up to how many events each one is shown; of more, how many had
// which answer.
const shownEvents = 20

// sentView is what became of the events that were sent, in JSON and YAML.
type sentView struct {
	URL string `json:"url"`
	webhook.Summary
	ElapsedMS float64    `json:"elapsed_ms"`
	Events    []sentItem `json:"events,omitempty"` // the first ones
}

type sentItem struct {
	Event     string  `json:"event"`
	Status    int     `json:"status"` // 0 where there was no answer
	LatencyMS float64 `json:"latency_ms"`
	Error     string  `json:"error,omitempty"`
}

// send sends messages, shows what became of them, and fails where an answer was
// not as it should be.
func (a *app) send(ctx context.Context, sender *webhook.Sender, url callback.URL, messages iter.Seq[webhook.Message], total int) error {
	view := sentView{URL: url.Whole()}
	bar := a.bar("sending", total)
	summary, err := sender.Send(ctx, url.Whole(), messages, func(o webhook.Outcome) {
		item := sentItem{Event: o.Message.Name, Status: o.Status, LatencyMS: float64(o.Latency.Microseconds()) / 1000}
		line := ""
		if o.Err != nil {
			item.Error = o.Err.Error()
			line = item.Event + ": " + item.Error
		}
		if len(view.Events) < shownEvents {
			view.Events = append(view.Events, item)
		}
		bar.step(line, false) // why some failed is told at the end, once for each reason
	})
	bar.end()
	if err != nil {
		return err
	}
	view.Summary, view.ElapsedMS = summary, float64(summary.Elapsed.Microseconds())/1000
	if err := a.print(sentResult(a, view)); err != nil {
		return err
	}
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded) && summary.Sent < total:
		return failure.New(failure.Failure, "the time limit of %s was over when %d of %d events had been sent", a.flags.timeout, summary.Sent, total).
			WithHint("--timeout gives more; without it there is no limit here")
	case ctx.Err() != nil && summary.Sent < total:
		return ctx.Err()
	case summary.Failed > 0:
		return failure.New(failure.Finding, "%d of %s not answered with success", summary.Failed, plural(summary.Sent, "event was", "events were"))
	}
	return nil
}

func sentResult(a *app, v sentView) output.Result {
	r := output.Result{Data: v, Quiet: []string{strconv.Itoa(v.Sent - v.Failed)}}
	if v.Sent <= shownEvents {
		r.Table = eventsTable(v.Events)
	} else {
		r.Table = answersTable(v.Summary)
	}
	if v.Sent > 1 {
		r.Text = append(r.Text, fmt.Sprintf("%d sent to %s in %s, %.0f a second, %d failed", v.Sent, a.url(callback.NewURL(v.URL)), v.Elapsed.Round(time.Millisecond), v.Rate, v.Failed))
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
		table.Rows = append(table.Rows, []string{item.Event, answerCell(item.Status), fmt.Sprintf("%.1f", item.LatencyMS), item.Error})
	}
	return table
}

func answersTable(s webhook.Summary) *output.Table {
	table := &output.Table{Columns: []output.Column{{Name: "answer", Paint: paintAnswer}, {Name: "events"}}}
	answered := 0
	for _, status := range slices.Sorted(maps.Keys(s.Statuses)) {
		table.Rows = append(table.Rows, []string{answerCell(status), strconv.Itoa(s.Statuses[status])})
		answered += s.Statuses[status]
	}
	if answered == s.Sent {
		return table
	}
	for _, reason := range slices.Sorted(maps.Keys(s.Failures)) {
		table.Rows = append(table.Rows, []string{reason, strconv.Itoa(s.Failures[reason])})
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
