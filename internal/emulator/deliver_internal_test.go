package emulator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// sendOne opens an emulator with a callback, and sends an email through it.
func sendOne(t *testing.T, o Options) *Emulator {
	t.Helper()
	e, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	e.account.apply(change{kind: putAccountURL, url: "http://localhost:8080/"})
	in := args(make([]arg, maxParams))
	in[argFrom].text, in[argSubject].text = DefaultSenders()[0], "s"
	in[argTo].texts = []string{"a@example.com"}
	in[argTemplate] = arg{given: true, raw: []byte(`{"TemplateID":1}`)}
	if _, err := sendEmail(e, nil, in); err != nil {
		t.Fatal(err.message)
	}
	return e
}

// The address behind a name decides, where the name looks private.
func TestPublicAddressBehindAName(t *testing.T) {
	t.Parallel()
	for address, refused := range map[string]bool{
		"127.0.0.1:80": false, "[::1]:80": false, "10.1.2.3:80": false, "[fe80::1%eth0]:80": false,
		"8.8.8.8:80": true, "[2001:4860:4860::8888]:80": true, "name:80": true,
	} {
		if err := refusePublic("tcp", address, nil); refused != errors.Is(err, errPublicHost) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if err := refusePublic("tcp", "no port", nil); err == nil {
		t.Error("an address without a port: no error")
	}
	e := sendOne(t, Options{Deliveries: DeliveryOptions{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
		return nil, fmt.Errorf("dial: %w", errPublicHost)
	})}})
	if err := errors.Join(e.Settle(t.Context()), e.Close()); err != nil {
		t.Fatal(err)
	}
	if all, _, err := e.Deliveries(); err != nil || all[0].Status != DeliverySkipped || !strings.Contains(all[0].Reason, "public address") {
		t.Errorf("%+v, %v", all, err)
	}
}

// The result of a delivery that the file does not take is told at the end.
func TestResultThatCannotBeRecorded(t *testing.T) {
	t.Parallel()
	attempted, lost := make(chan struct{}), make(chan struct{})
	e := sendOne(t, Options{StateFile: filepath.Join(t.TempDir(), "state.db"), Deliveries: DeliveryOptions{
		Transport: roundTripper(func(*http.Request) (*http.Response, error) {
			close(attempted)
			<-lost
			return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
		})}})
	<-attempted
	e.writing.Lock()
	if err := e.file.close(); err != nil { // as a disk that fails
		t.Error(err)
	}
	e.writing.Unlock()
	close(lost)
	if err := e.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err == nil || !strings.Contains(err.Error(), "could not be recorded") {
		t.Errorf("the first Close: %v", err)
	}
	if err := e.Close(); err != nil {
		t.Errorf("the second Close: %v", err)
	}
}

func TestCallbacksThatCannotBeCalled(t *testing.T) {
	t.Parallel()
	p := newPoster(DeliveryOptions{}.withDefaults())
	if got := p.refuse("http://[::1"); got == "" {
		t.Error("not a URL: not refused")
	}
	if _, err := p.send(context.Background(), "http://[::1?token=secret", nil); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("not a URL: %v", err)
	}
	e := sendOne(t, Options{Deliveries: DeliveryOptions{Pauses: []time.Duration{}, Transport: roundTripper(func(*http.Request) (*http.Response, error) {
		return nil, errors.New("no")
	})}})
	if err := errors.Join(e.Settle(t.Context()), e.Close()); err != nil {
		t.Fatal(err)
	}
	if got := e.effective("no address"); got != "" {
		t.Errorf("the callback of no address: %q", got)
	}
}
