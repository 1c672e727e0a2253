package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
	"github.com/sesctl/sesctl/internal/webhook"
)

// pickFlags are the flags that select events of a file.
type pickFlags struct {
	filter       []string
	ids          []string
	failed       bool
	since, until string
}

func (o *pickFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&o.filter, "filter", nil, "only events that match `EXPR`, such as 'event=bounce'; repeatable, all must match")
	f.BoolVar(&o.failed, "failed", false, "only events that were not answered with 2xx")
	f.StringVar(&o.since, "since", "", "only events received since `TIME`: 7d, yesterday, a day or RFC 3339")
	f.StringVar(&o.until, "until", "", "only events received until `TIME`")
}

// pick selects entries of a file.
type pick struct {
	flags        pickFlags
	filter       webhook.Filter
	since, until time.Time
	answers      map[string]webhook.Entry // the answers outside 2xx, by the id of the record
	missing      map[string]bool          // ids that were asked for and not found yet
}

func (o pickFlags) pick(a *app) (*pick, error) {
	p := &pick{flags: o, answers: map[string]webhook.Entry{}, missing: map[string]bool{}}
	for _, id := range o.ids {
		p.missing[id] = true
	}
	var err error
	if p.filter, err = webhook.ParseFilter(o.filter...); err != nil {
		return nil, err
	}
	if p.since, _, err = parseTime(a, "--since", o.since); err != nil {
		return nil, err
	}
	_, p.until, err = parseTime(a, "--until", o.until)
	return p, err
}

// read returns the selected events of a file.
func (o pickFlags) read(ctx context.Context, a *app, path string) ([]webhook.Entry, error) {
	p, err := o.pick(a)
	if err != nil {
		return nil, err
	}
	c, err := a.openEvents(ctx, path)
	if err != nil {
		return nil, err
	}
	defer c.in.Close()
	return c.picked(p)
}

// note keeps an entry that adds information to an earlier record. It reports whether the
// entry is of that kind.
func (p *pick) note(e webhook.Entry) bool {
	if e.Failed != "" {
		p.answers[e.Failed] = e
	}
	return e.Failed != ""
}

// answered adds the answer to a record, which the file has in a separate line.
func (p *pick) answered(e webhook.Entry) webhook.Entry {
	if answer, ok := p.answers[e.ID]; ok && e.ID != "" {
		e.Status, e.Error = answer.Status, answer.Error
	}
	if e.ID == "" {
		e.ID = strconv.Itoa(e.Number)
	}
	return e
}

// takes reports whether an entry is selected. An id is the id of a record, or the number
// of an event in its file.
func (p *pick) takes(e webhook.Entry) bool {
	if len(p.flags.ids) > 0 {
		number := strconv.Itoa(e.Number)
		if !slices.Contains(p.flags.ids, e.ID) && !slices.Contains(p.flags.ids, number) {
			return false
		}
		delete(p.missing, e.ID)
		delete(p.missing, number)
	}
	switch {
	case p.flags.failed && (e.Status == 0 || e.Status/100 == 2):
		return false
	case !p.since.IsZero() && e.Received.Before(p.since), !p.until.IsZero() && e.Received.After(p.until):
		return false
	case len(p.flags.filter) == 0:
		return true
	}
	read, problem := readEvent(e.Record)
	return problem == nil && p.filter.Match(read)
}

// eventFile is an open file of events, or standard input.
type eventFile struct {
	app    *app
	name   string // for people
	in     io.ReadCloser
	again  bool  // it can be read a second time
	err    error // why reading ended before the end
	events int
	torn   []error
	other  []string // the numbers of lines that are not events
	others int
}

// openEvents opens a file of events; - is standard input. If it is a pipe, opening it
// and reading it end when ctx ends.
func (a *app) openEvents(ctx context.Context, path string) (*eventFile, error) {
	if path == "-" {
		return &eventFile{app: a, name: standardInput, in: io.NopCloser(a.env.Stdin)}, nil
	}
	file, err := await(ctx, func() (*os.File, error) { return files.Open(path) })
	if err != nil {
		return nil, failure.New(failure.Failure, "cannot read the events: %w", err)
	}
	c := &eventFile{app: a, name: path, in: file}
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
		c.again = true
		return c, nil
	}
	c.in = struct {
		io.Reader
		io.Closer
	}{untilDone{ctx, file}, file}
	return c, nil
}

// rewind goes back to the beginning of the file.
func (c *eventFile) rewind() error {
	if file, ok := c.in.(*os.File); ok {
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			return failure.New(failure.Failure, "cannot read %s again: %w", c.name, err)
		}
	}
	return nil
}

// entries yields the entries of the file in order, including notes about earlier
// entries.
func (c *eventFile) entries() iter.Seq[webhook.Entry] {
	const most = 5 // lines that are named
	c.events, c.others, c.other, c.torn, c.err = 0, 0, nil, nil, nil
	return func(yield func(webhook.Entry) bool) {
		for entry, err := range webhook.ReadRecords(c.in) {
			var torn *webhook.TornError
			var other *webhook.NoEventError
			switch {
			case errors.As(err, &torn):
				if len(c.torn) < most {
					c.torn = append(c.torn, err)
				}
				continue
			case errors.As(err, &other):
				if c.others++; c.others <= most {
					c.other = append(c.other, strconv.Itoa(other.Line))
				}
				continue
			case err != nil:
				c.err = failure.New(failure.Failure, "%s: %w", c.name, err)
				return
			case entry.Failed == "":
				c.events++
			}
			if !yield(entry) {
				return
			}
		}
	}
}

// report warns of the lines that were skipped. It returns an error if the file is not
// empty but contains no events.
func (c *eventFile) report() error {
	for _, err := range c.torn {
		c.app.warn("%s: %v", c.name, err)
	}
	switch {
	case c.err != nil:
		return c.err
	case c.events == 0 && c.others > 0:
		return failure.New(failure.Usage, "%s contains no events", c.name).
			WithHint("name a file saved by 'sesctl event listen --save FILE', the output of listen -o json, or plain payloads")
	case c.others == 1:
		c.app.warn("%s: skipped line %s: it is not an event", c.name, c.other[0])
	case c.others > 1:
		lines := strings.Join(c.other, ", ")
		if more := c.others - len(c.other); more > 0 {
			lines += fmt.Sprintf(" and %d more", more)
		}
		c.app.warn("%s: skipped %d lines that are not events: %s", c.name, c.others, lines)
	}
	return nil
}

// picked returns the selected entries with their answers, in order.
func (c *eventFile) picked(p *pick) ([]webhook.Entry, error) {
	var all []webhook.Entry
	for entry := range c.entries() {
		// An answer comes after its record, so only at the end is it known which events
		// failed.
		if !p.note(entry) && (p.flags.failed || p.takes(entry)) {
			all = append(all, entry)
		}
	}
	if err := c.report(); err != nil {
		return nil, err
	}
	var wanted []webhook.Entry
	for _, entry := range all {
		if entry = p.answered(entry); !p.flags.failed || p.takes(entry) {
			wanted = append(wanted, entry)
		}
	}
	return wanted, p.found(c.name)
}

// found returns an error if the file does not have an id that the user asked for.
func (p *pick) found(name string) error {
	for _, id := range p.flags.ids {
		if p.missing[id] {
			return failure.New(failure.NotFound, "no event %s in %s", id, name).WithHint("'sesctl event list FILE' shows the ids")
		}
	}
	return nil
}

func viewEntry(e webhook.Entry) entryView {
	return entryView{e.Record, e.Number, e.Status, e.Error, problemsOf(readEvent(e.Record))}
}

// entryView is an event of a file in JSON and YAML.
type entryView struct {
	webhook.Record
	Number   int      `json:"number"`           // in its file, from 1
	Status   int      `json:"status,omitempty"` // of the answer, if the file has it
	Error    string   `json:"error,omitempty"`
	Problems []string `json:"problems,omitempty"` // how it differs from a documented event
}
