package cli

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/webhook"
	"github.com/sesctl/sesctl/pkg/event"
)

// source creates the events to send.
type source struct {
	each int                                       // how many are one of each
	take func(total int) iter.Seq[webhook.Message] // the first total of them, beginning again
}

// source returns the source of the events to send. It reads files and reports all
// mistakes before anything is sent.
func (o triggerOptions) source(ctx context.Context, a *app, args []string) (source, error) {
	if len(o.bodies) > 0 {
		return o.files(ctx, a)
	}
	types, err := o.types(args)
	if err != nil {
		return source{}, err
	}
	samples, err := o.samples(types, a.env.Now())
	if err != nil {
		return source{}, err
	}
	if !o.malformed {
		return o.emails(samples)
	}
	var messages []webhook.Message
	for _, sample := range samples {
		wrong, err := webhook.Malformed(sample)
		if err != nil {
			return source{}, failure.New(failure.Failure, "cannot create malformed events: %w", err)
		}
		messages = append(messages, wrong...)
	}
	return fixed(messages), nil
}

// fixed returns a source that sends the same messages each time.
func fixed(messages []webhook.Message) source {
	return source{len(messages), func(total int) iter.Seq[webhook.Message] { return webhook.Repeat(messages, total) }}
}

// samples returns one event of each type, with the current time.
func (o triggerOptions) samples(types []event.Type, now time.Time) ([]event.Event, error) {
	options := []event.Option{event.WithTime(now), event.WithField(webhook.TestField, "trigger")}
	if targets, err := o.destination.target.targets(nil); err != nil {
		return nil, err
	} else if len(targets) > 0 && !targets[0].IsAccount() {
		options = append(options, event.WithSender(targets[0].Address()))
	}
	return o.fields.samples(types, options...)
}

// emails returns a source that sends the samples in turn. Each turn is about another
// email, with ids in the documented form. Ids that --set sets stay the same. Each sample
// is encoded once; then only the number of the turn in its ids is replaced.
func (o triggerOptions) emails(samples []event.Event) (source, error) {
	run, first := strings.ToLower(rand.Text()[:8]), strings.Repeat("0", turnDigits)
	bodies, err := make([]numbered, len(samples)), error(nil)
	for i, sample := range samples {
		if !o.fields.touches("bulkId") {
			sample.BulkID = fmt.Sprintf("qcloudses-30-251200670-date-%s-%s%s", bulkDate(time.Unix(cmp.Or(o.fields.sent(&sample), sample.SentTimestamp), 0)), run, first)
		}
		if !o.fields.touches("messageId") {
			sample.MessageID = fmt.Sprintf("%s%s@%s", run, first, sample.FromDomain)
		}
		if bodies[i], err = newNumbered(sample, run); err != nil {
			return source{}, failure.New(failure.Failure, "cannot create an event: %w", err)
		}
	}
	return source{len(bodies), func(total int) iter.Seq[webhook.Message] {
		return func(yield func(webhook.Message) bool) {
			for i := range total {
				if !yield(bodies[i%len(bodies)].message(i / len(bodies))) {
					return
				}
			}
		}
	}}, nil
}

const turnDigits = 8

// numbered is an encoded event in which a number can be replaced.
type numbered struct {
	name string
	body []byte
	at   []int // where the digits of the number begin
}

// newNumbered encodes an event. The numbers to replace follow the mark.
func newNumbered(e event.Event, mark string) (numbered, error) {
	body, err := event.Encode(e)
	n := numbered{name: string(e.Type), body: body}
	for from := 0; ; {
		i := bytes.Index(body[from:], []byte(mark))
		if i < 0 {
			return n, err
		}
		from += i + len(mark)
		n.at = append(n.at, from)
	}
}

func (n numbered) message(number int) webhook.Message {
	body := bytes.Clone(n.body)
	digits := fmt.Appendf(nil, "%0*d", turnDigits, number)
	for _, i := range n.at {
		copy(body[i:i+turnDigits], digits)
	}
	return webhook.Message{Name: n.name, Body: body}
}

// maxBody is the largest size of a file to send. It is large enough to test how a
// receiver refuses large bodies.
const maxBody = 64 << 20

func (o triggerOptions) files(ctx context.Context, a *app) (source, error) {
	var messages []webhook.Message
	for _, path := range o.bodies {
		body, err := await(ctx, func() ([]byte, error) { return a.readBody(path) })
		if err != nil {
			return source{}, err
		}
		messages = append(messages, webhook.Message{Name: filepath.Base(path), Body: body})
	}
	return fixed(messages), nil
}

func (a *app) readBody(path string) ([]byte, error) {
	in, name, err := a.openInput(path)
	if err != nil {
		return nil, failure.New(failure.Failure, "cannot read the body: %w", err)
	}
	defer in.Close()
	body, err := io.ReadAll(io.LimitReader(in, maxBody+1))
	switch {
	case err != nil:
		return nil, failure.New(failure.Failure, "cannot read %s: %w", name, err)
	case len(body) > maxBody:
		return nil, failure.New(failure.Usage, "%s has more than %d MiB", name, maxBody>>20)
	}
	return body, nil
}
