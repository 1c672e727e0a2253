package cli

import (
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
		return source{len(samples), func(total int) iter.Seq[webhook.Message] { return o.emails(samples, total, now) }}, nil
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
	if !o.destination.target.account && o.destination.target.sender != "" {
		target, err := parseSender(o.destination.target.sender)
		if err != nil {
			return nil, err
		}
		options = append(options, event.WithSender(target.Address()))
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

// emails yields samples in turn. Each turn tells of an email of its own, with ids
// in the form of the documented ones; ids that --set has chosen stay.
func (o triggerOptions) emails(samples []event.Event, total int, now time.Time) iter.Seq[webhook.Message] {
	run, date := strings.ToLower(rand.Text()[:8]), now.UTC().Format("20060102150405")
	return func(yield func(webhook.Message) bool) {
		for i := range total {
			sample, turn := samples[i%len(samples)], i/len(samples)
			if !o.sets("bulkId") && !o.sets("bulkid") {
				sample.BulkID = fmt.Sprintf("qcloudses-30-251200670-date-%s-%s%08d", date, run, turn)
			}
			if !o.sets("messageId") {
				sample.MessageID = fmt.Sprintf("%s-%08d@%s", run, turn, sample.FromDomain)
			}
			body, err := event.Encode(sample)
			if err != nil || !yield(webhook.Message{Name: string(sample.Type), Body: body}) {
				return // a sample that was set from text always encodes
			}
		}
	}
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
		file, err := openRegular(path)
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
