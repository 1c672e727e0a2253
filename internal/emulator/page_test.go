package emulator_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// TestWithPageLeavesTheAPIAlone checks that the page and the API can share the path
// "/".
func TestWithPageLeavesTheAPIAlone(t *testing.T) {
	t.Parallel()
	e := open(t, emulator.Options{})
	h := emulator.WithPage(e, emulator.OnlyHosts(e, []string{"api.example.com"}), emulator.PageOptions{Hosts: []string{"web.example.com"}})
	for name, c := range map[string]struct {
		change func(*http.Request)
		page   bool
	}{
		"a browser":      {func(*http.Request) {}, true},
		"HEAD":           {func(r *http.Request) { r.Method = http.MethodHead }, true},
		"POST":           {func(r *http.Request) { r.Method = http.MethodPost }, false},
		"signed":         {func(r *http.Request) { r.Header.Set("Authorization", "TC3-HMAC-SHA256 x") }, false},
		"not signed":     {func(r *http.Request) { r.Header.Set("X-TC-Action", "SendEmail") }, false},
		"signed with v1": {func(r *http.Request) { r.URL.RawQuery = "Action=SendEmail&Signature=x" }, false},
		"web host":       {func(r *http.Request) { r.Host = "web.example.com:80" }, true},
		"API host":       {func(r *http.Request) { r.Host = "api.example.com"; r.Method = http.MethodPost }, false},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", strings.NewReader(""))
		r.Host = "127.0.0.1:8025"
		c.change(r)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if page := strings.HasPrefix(w.Header().Get("Content-Type"), "text/html"); page != c.page || w.Code != http.StatusOK {
			t.Errorf("%s: %d %s", name, w.Code, w.Header())
		}
	}
	for host, status := range map[string]int{"evil.example.com": 403, "api.example.com": 403, "web.example.com": 200} {
		r := httptest.NewRequest(http.MethodGet, "/page/rows", nil)
		r.Host = host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != status {
			t.Errorf("%s: %d", host, w.Code)
		}
	}
	if got := do(t, h, "ListEmailAddress", "{}"); got.code != "" {
		t.Errorf("the API: %s %s", got.code, got.message)
	}
}

func TestSendTest(t *testing.T) {
	t.Parallel()
	// If the answer of a callback repeats the URL, the URL is masked.
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		fmt.Fprintf(w, "\n  no coffee at %s\nmore", r.URL)
	}))
	t.Cleanup(receiver.Close)
	var port int
	_, _ = fmt.Sscanf(receiver.URL, "http://127.0.0.1:%d", &port)
	e := open(t, emulator.Options{Now: time.Now, Policy: callback.Policy{Ports: []int{port}}, Unverified: []string{"new.example.com"},
		Senders: []string{"news@mail.example.com", "a@new.example.com"}, Deliveries: emulator.DeliveryOptions{Pauses: []time.Duration{}}})
	if err := e.SetCallback(callback.Account(), receiver.URL+"/ses?token=verysecret"); err != nil {
		t.Fatal(err)
	}
	id, err := e.SendTest("news@mail.example.com", "bounce@example.com", " ")
	if err != nil || e.Settle(t.Context()) != nil {
		t.Fatal(id, err)
	}
	messages, err := e.Messages(emulator.Filter{Message: id})
	if err != nil || len(messages) != 1 || messages[0].Subject != "Test" {
		t.Errorf("%+v %v", messages, err)
	}
	all, _, err := e.Deliveries()
	if err != nil || len(all) != 1 || len(all[0].Attempts) != 1 {
		t.Fatalf("%+v %v", all, err)
	}
	if got := all[0].Attempts[0]; got.Status != http.StatusTeapot || got.Answer != "no coffee at /ses?token=***" {
		t.Errorf("%+v", got)
	}
	for want, c := range map[string][2]string{
		"no sender address other@example.com": {"other@example.com", "a@example.com"},
		"is not verified":                     {"a@new.example.com", "a@example.com"},
		"A recipient is not valid":            {"news@mail.example.com", "nobody"},
		"The sender is not valid":             {"nobody", "a@example.com"},
		"is in the blocklist":                 {"news@mail.example.com", "bounce@example.com"},
	} {
		if _, err := e.SendTest(c[0], c[1], "x"); failure.KindOf(err) != failure.Usage || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v", c, err)
		}
	}
}
