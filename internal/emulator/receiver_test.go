package emulator_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/pkg/event"
)

const hook = "http://localhost:8080/hook"

// receiver replaces the network and the callback behind it.
type receiver struct {
	// answer returns how the callback answers the nth POST, counted from 0. Nil
	// answers all with 200.
	answer func(n int, r *http.Request, e event.Event) (status int, err error)

	mu   sync.Mutex
	got  []event.Event
	urls []string
}

func (c *receiver) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	e, err := event.Decode(body)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	n := len(c.got)
	c.got = append(c.got, e)
	c.urls = append(c.urls, r.URL.String())
	c.mu.Unlock()
	status := http.StatusOK
	if c.answer != nil {
		if status, err = c.answer(n, r, e); err != nil {
			return nil, err
		}
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(&bytes.Buffer{}), Request: r}, nil
}

// seen returns the types of the POSTed events, in order.
func (c *receiver) seen() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	types := make([]string, len(c.got))
	for i, e := range c.got {
		types[i] = string(e.Type)
	}
	return strings.Join(types, " ")
}

func hangs(_ int, r *http.Request, _ event.Event) (int, error) {
	<-r.Context().Done()
	return 0, r.Context().Err()
}

func always(status int) func(int, *http.Request, event.Event) (int, error) {
	return func(int, *http.Request, event.Event) (int, error) { return status, nil }
}

// mail returns the body of a SendEmail to recipients.
func mail(from string, to ...string) string {
	return fmt.Sprintf(`{"FromEmailAddress":%q,"Subject":"s","Destination":["%s"],"Template":{"TemplateID":7,"TemplateData":"{}"}}`, from, strings.Join(to, `","`))
}

// send sends an email and returns its id.
func send(t testing.TB, e *emulator.Emulator, to ...string) string {
	t.Helper()
	id, _ := must(t, e, "SendEmail", mail(news, to...))["MessageId"].(string)
	return id
}

func settle(t testing.TB, e *emulator.Emulator) {
	t.Helper()
	if err := e.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func deliveries(t testing.TB, e *emulator.Emulator) []emulator.Delivery {
	t.Helper()
	all, _, err := e.Deliveries()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// summary returns one line for each delivery: type, status, attempts, reason.
func summary(t testing.TB, e *emulator.Emulator) string {
	t.Helper()
	var lines []string
	for _, d := range deliveries(t, e) {
		line := fmt.Sprintf("%s %s %d", d.Type, d.Status, len(d.Attempts))
		if d.Reason != "" {
			line += ": " + d.Reason
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// withHook returns an emulator whose account callback is hook; c answers requests to
// it.
func withHook(t testing.TB, c *receiver, o emulator.Options) *emulator.Emulator {
	t.Helper()
	o.Deliveries.Transport = c
	e := open(t, o)
	s := newSigned("UpdateWebhookUrl", `{"Url":"`+hook+`"}`)
	if o.Now != nil {
		now := o.Now().UTC()
		s.date, s.stamp = now.Format(time.DateOnly), strconv.FormatInt(now.Unix(), 10)
	}
	if got := serve(t, e, s.request()); got.code != "" {
		t.Fatal(got.message)
	}
	return e
}

// sink accepts everything.
type sink struct{}

func (*sink) RoundTrip(r *http.Request) (*http.Response, error) {
	_, err := io.Copy(io.Discard, r.Body)
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: r}, err
}

// count returns how many events were POSTed.
func (c *receiver) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.got)
}
