package web

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// fakeAccount is an account of one sender.
type fakeAccount struct{ calls []string }

func (a *fakeAccount) Callbacks() (string, []Sender, error) {
	return "http://127.0.0.1:8080/?token=verysecret", []Sender{{Address: "a@example.com", Effect: "http://127.0.0.1:8080/?token=verysecret", Reason: "account"}}, nil
}

func (a *fakeAccount) SetCallback(sender, url string) error {
	a.calls = append(a.calls, "set "+sender+" "+url)
	if url == "bad" {
		return errors.New("this is not a URL")
	}
	return nil
}

func (a *fakeAccount) Send(sender, recipient, subject string) (string, error) {
	a.calls = append(a.calls, "send "+sender+" "+recipient+" "+subject)
	return "id", nil
}

func (a *fakeAccount) Outcomes() []string { return []string{"bounce"} }

func (a *fakeAccount) Faults() []string { return nil }

func (a *fakeAccount) FaultKinds() []FaultKind { return []FaultKind{{"throttle", "x"}} }

func (a *fakeAccount) SetFaults(specs []string) error {
	a.calls = append(a.calls, fmt.Sprint("faults ", specs))
	if slices.Contains(specs, "odd") {
		return errors.New("no such fault")
	}
	return nil
}

func TestAccount(t *testing.T) {
	t.Parallel()
	account := &fakeAccount{}
	p, _ := newTestPage(Options{Account: account})
	if body := get(p, "/", nil).Body.String(); !strings.Contains(body, "tab-faults") {
		t.Error(body)
	}
	if body := get(p, Path+"account", nil).Body.String(); strings.Contains(body, "verysecret") || strings.Count(body, "token=***") != 2 || !strings.Contains(body, `"faults":[]`) {
		t.Error(body)
	}
	if body := post(p, Path+"whole", "{}", nil).Body.String(); strings.Count(body, "verysecret") != 2 {
		t.Error(body)
	}
	for _, c := range []struct {
		path, body string
		status     int
	}{
		{"callback", `{"sender":"a@example.com","url":" http://127.0.0.1/ "}`, 200},
		{"callback", `{"sender":"","url":"bad"}`, 400},
		{"callback", `{"other":1}`, 400},
		{"send", `{"sender":"a@example.com","recipient":"bounce@example.com","subject":"s"}`, 200},
		{"send", `nothing`, 400},
		{"faults", `{"faults":["throttle"]}`, 200},
		{"faults", `{"faults":["odd"]}`, 400},
		{"faults", `[]`, 400},
	} {
		if w := post(p, Path+c.path, c.body, nil); w.Code != c.status {
			t.Errorf("%s %s: %d %s", c.path, c.body, w.Code, w.Body)
		}
	}
	want := []string{"set a@example.com http://127.0.0.1/", "set  bad", "send a@example.com bounce@example.com s", "faults [throttle]", "faults [odd]"}
	if !slices.Equal(account.calls, want) {
		t.Errorf("%q", account.calls)
	}
}

func TestChanges(t *testing.T) {
	t.Parallel()
	var c Changes
	c.Note(1, 2) // nobody watches
	w := c.Watch()
	c.Note(3, 5)
	c.Note(4, 4)
	if !w.Wait(t.Context()) {
		t.Error("no change")
	}
	ids, besides := w.Take()
	slices.Sort(ids)
	if besides != (Taken{}) || !slices.Equal(ids, []uint64{3, 4, 5}) {
		t.Error(ids, besides)
	}
	c.Note(1, 1<<40) // too many to remember
	if _, besides := w.Take(); !besides.Reset {
		t.Error("too many changes do not become a reset")
	}
	c.NoteAccount()
	if ids, besides := w.Take(); len(ids) > 0 || besides != (Taken{Account: true}) {
		t.Error(ids, besides)
	}
	w.Close()
	c.Note(9, 9)
	c.NoteAccount()
	if ids, besides := w.Take(); len(ids) > 0 || besides != (Taken{}) {
		t.Error("a closed watch collects")
	}
}
