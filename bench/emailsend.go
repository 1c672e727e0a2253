package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// call makes one signed call, and returns its answer.
func call(endpoint, action, body string) (string, error) {
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	var answer string
	err := newSignedCall(endpoint, action, body).send(transport, &answer)
	return answer, err
}

// sendEmails sends emails, each to a number of recipients, and waits for their events.
// It returns the time of an event.
func sendEmails(endpoint, receiver string, template, recipients, count int) (time.Duration, error) {
	before, err := received(receiver)
	if err != nil {
		return 0, err
	}
	email := newSignedCall(endpoint, "SendEmail", emailBody(template, recipients))
	events := int64(count * recipients)
	start := time.Now()
	if err := repeat(count, func(transport *http.Transport) error { return email.send(transport, nil) }); err != nil {
		return 0, err
	}
	for {
		got, err := received(receiver)
		switch took := time.Since(start); {
		case err != nil:
			return 0, err
		case got-before >= events:
			return took / time.Duration(events), nil
		case took > emailLimit:
			return 0, fmt.Errorf("%d of %d events arrived in %s", got-before, events, emailLimit)
		}
		time.Sleep(pollPause)
	}
}

// postEmails posts emails to the sink, and the events of each to the receiver. It
// returns the time of an event.
func (r *emailRun) postEmails(email, event []byte, recipients, count int) (time.Duration, error) {
	start := time.Now()
	err := repeat(count, func(transport *http.Transport) error {
		err := postEvent(transport, r.sink.url, email)
		for range recipients {
			err = errors.Join(err, postEvent(transport, r.receiver.url, event))
		}
		return err
	})
	return time.Since(start) / time.Duration(count*recipients), err
}

// repeat calls send a number of times, 64 at a time. It returns one of the errors.
func repeat(count int, send func(*http.Transport) error) error {
	transport := &http.Transport{MaxIdleConnsPerHost: connections}
	defer transport.CloseIdleConnections()
	var sent atomic.Int64
	var failed atomic.Value
	var workers sync.WaitGroup
	for range connections {
		workers.Go(func() {
			for sent.Add(1) <= int64(count) {
				if err := send(transport); err != nil {
					failed.Store(err)
					return
				}
			}
		})
	}
	workers.Wait()
	err, _ := failed.Load().(error)
	return err
}

func emailBody(template, recipients int) string {
	return fmt.Sprintf(`{"FromEmailAddress":%q,"Destination":[%s],"Subject":"hello","Template":{"TemplateID":%d,"TemplateData":"{}"}}`,
		mailbox, addresses(recipients), template)
}

// addresses returns recipients as elements of a JSON list.
func addresses(n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf(`"customer%d@example.com"`, i)
	}
	return strings.Join(all, ",")
}

// received returns how many events the receiver has got.
func received(receiver string) (int64, error) {
	response, err := http.Get(receiver)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(string(text), 10, 64)
}
