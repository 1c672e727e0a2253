package cli

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
	"github.com/sesctl/sesctl/internal/webhook"
	"github.com/sesctl/sesctl/pkg/callback"
	"github.com/sesctl/sesctl/pkg/event"
)

// source makes the events to send.
type source struct {
	each int                                       // how many are one of each
	take func(total int) iter.Seq[webhook.Message] // the first total of them, beginning again
}

// source reads and builds whatever can be wrong, before anything is sent.
func (o triggerOptions) source(a *app, args []string) (source, error) {
	if len(o.bodies) > 0 {
		return o.files(a)
	}
	types, err := o.types(args)
	if err != nil {
		return source{}, err
	}
	now := a.env.Now()
	samples, err := o.samples(types, now)
	if err != nil {
		return source{}, err
	}
	if !o.malformed {
		return o.emails(samples, now)
	}
	var messages []webhook.Message
	for _, sample := range samples {
		wrong, err := webhook.Malformed(sample)
		if err != nil {
			return source{}, failure.New(failure.Failure, "make malformed events: %w", err)
		}
		messages = append(messages, wrong...)
	}
	return fixed(messages), nil
}

// fixed is a source of messages that are the same every time.
func fixed(messages []webhook.Message) source {
	return source{len(messages), func(total int) iter.Seq[webhook.Message] { return webhook.Repeat(messages, total) }}
}

func (o triggerOptions) samples(types []event.Type, now time.Time) ([]event.Event, error) {
	options := []event.Option{event.WithTime(now), event.WithField(webhook.TestField, "trigger")}
	if targets, err := o.destination.target.targets(nil); err != nil {
		return nil, err
	} else if len(targets) > 0 && !targets[0].IsAccount() {
		options = append(options, event.WithSender(targets[0].Address()))
	}
	for _, text := range o.fields {
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			return nil, failure.New(failure.Usage, "--set %s is not FIELD=VALUE", callback.Quote(name))
		}
		options = append(options, event.WithField(strings.TrimSpace(name), value))
	}
	var samples []event.Event
	for _, t := range types {
		sample, err := event.Sample(t, options...)
		if err != nil {
			wrong := failure.New(failure.Usage, "--set: %w", err)
			if errors.Is(err, event.ErrUnknownField) {
				return nil, wrong.WithHint("'sesctl event types -o json' lists the fields; headers begin with %s", event.HeaderPrefix)
			}
			return nil, wrong
		}
		samples = append(samples, sample)
	}
	return samples, nil
}

// emails returns a source of samples in turn. Each turn tells of an email of its
// own, with ids in the form of the documented ones; ids that --set has chosen
// stay. Everything but the number of the turn in the ids is encoded once.
func (o triggerOptions) emails(samples []event.Event, now time.Time) (source, error) {
	run, first := strings.ToLower(rand.Text()[:8]), strings.Repeat("0", turnDigits)
	bodies, err := make([]numbered, len(samples)), error(nil)
	for i, sample := range samples {
		if !o.sets("bulkId") && !o.sets("bulkid") {
			sample.BulkID = fmt.Sprintf("qcloudses-30-251200670-date-%s-%s%s", now.UTC().Format("20060102150405"), run, first)
		}
		if !o.sets("messageId") {
			sample.MessageID = fmt.Sprintf("%s%s@%s", run, first, sample.FromDomain)
		}
		if bodies[i], err = newNumbered(sample, run); err != nil {
			return source{}, failure.New(failure.Failure, "make an event: %w", err)
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

// newNumbered encodes an event; the numbers in it stand behind the mark.
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

func (o triggerOptions) sets(field string) bool {
	return slices.ContainsFunc(o.fields, func(text string) bool {
		name, _, _ := strings.Cut(text, "=")
		return strings.TrimSpace(name) == field
	})
}

// maxBody bounds a file that is sent: enough to see how a receiver refuses one
// that is too large.
const maxBody = 64 << 20

func (o triggerOptions) files(a *app) (source, error) {
	var messages []webhook.Message
	for _, path := range o.bodies {
		body, err := a.readBody(path)
		if err != nil {
			return source{}, err
		}
		messages = append(messages, webhook.Message{Name: filepath.Base(path), Body: body})
	}
	return fixed(messages), nil
}

func (a *app) readBody(path string) ([]byte, error) {
	in, name := a.env.Stdin, "standard input"
	if path != "-" {
		file, err := files.OpenRegular(path)
		if err != nil {
			return nil, failure.New(failure.Usage, "%w", err)
		}
		defer file.Close()
		in, name = file, path
	}
	body, err := io.ReadAll(io.LimitReader(in, maxBody+1))
	switch {
	case err != nil:
		return nil, failure.New(failure.Usage, "cannot read %s: %w", name, err)
	case len(body) > maxBody:
		return nil, failure.New(failure.Usage, "%s has more than %d MiB", name, maxBody>>20)
	}
	return body, nil
}
