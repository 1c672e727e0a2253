package web

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// newTestPage returns a page of a log, and the log.
func newTestPage(o Options) (*Page, *Log) {
	log := NewLog(3, func(item Item) error {
		if item.Type == "pending" {
			return ErrPending
		}
		return nil
	})
	o.Title, o.Source = "listen", log
	return New(o), log
}

func event(kind string) Item {
	return Item{Row: Row{Type: kind, Sender: "a@example.com", Recipient: "b@example.com", State: "accepted", Code: 200, Attempts: 1},
		URL: "http://127.0.0.1:8080/ses?token=verysecret", Headers: map[string]string{"Content-Type": "application/json", "Content-Length": "2"},
		Payload: `{"event":"it's"}`, Attempts: []Attempt{{URL: "http://127.0.0.1:8080/ses?token=verysecret", Code: 200}}}
}

// get asks for a path as a browser at the page does.
func get(p *Page, path string, change func(*http.Request)) *httptest.ResponseRecorder {
	return ask(p, http.MethodGet, path, "", change)
}

// post makes a change as the script of the page does.
func post(p *Page, path, body string, change func(*http.Request)) *httptest.ResponseRecorder {
	return ask(p, http.MethodPost, path, body, func(r *http.Request) {
		r.Header.Set("Origin", "http://127.0.0.1:8025")
		r.Header.Set(TokenHeader, p.token)
		if change != nil {
			change(r)
		}
	})
}

func ask(p *Page, method, path, body string, change func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host = "127.0.0.1:8025"
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return w
}

func TestIndex(t *testing.T) {
	t.Parallel()
	p, _ := newTestPage(Options{})
	w := get(p, "/", nil)
	body := w.Body.String()
	if w.Code != http.StatusOK || !strings.Contains(body, `lang="en"`) || !strings.Contains(body, p.token) || strings.Contains(body, "tab-faults") {
		t.Errorf("%d %s", w.Code, body)
	}
	policy := w.Header().Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "form-action 'none'", "base-uri 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy %q does not hold %q", policy, want)
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") || strings.Contains(policy, "http") {
		t.Errorf("the policy allows too much: %s", policy)
	}
	// Nothing on the page needs an exception of the policy, or another host.
	for _, bad := range []string{" style=", " onclick=", "<style", "javascript:", "https://", "http://", `src="//`} {
		if strings.Contains(body, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	for _, name := range []string{"app.js", "style.css", "icon.svg"} {
		if w := get(p, Path+name, nil); w.Code != http.StatusOK || w.Body.Len() == 0 || w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	for _, path := range []string{"/other", Path, Path + "texts.json", Path + "../page.go", Path + "account"} {
		if w := get(p, path, nil); w.Code == http.StatusOK {
			t.Errorf("%s is served", path)
		}
	}
}

// The script adds no HTML: the policy of trusted types would stop it in a browser.
func TestScriptAddsNoHTML(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"app.js", "index.html"} {
		data, err := files.ReadFile("static/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"} {
			if strings.Contains(string(data), bad) {
				t.Errorf("%s holds %s", name, bad)
			}
		}
	}
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]string{
		"": "en", "de": "en", "zh": "zh-CN", "zh-TW,en;q=0.9": "zh-CN", "en-US,zh-CN;q=0.9": "en", "de,zh;q=0.5,en;q=0.4": "zh-CN",
		"zh;q=0": "en", "en;q=0.1, zh-Hans;q=0.2": "zh-CN", "*": "en", "zh;q=odd": "en", ";;,": "en",
	} {
		if got := preferred(accept); got != want {
			t.Errorf("%q: %s", accept, got)
		}
	}
	p, _ := newTestPage(Options{})
	w := get(p, "/", func(r *http.Request) { r.Header.Set("Accept-Language", "zh-CN,zh;q=0.9") })
	if body := w.Body.String(); !strings.Contains(body, `lang="zh-CN"`) || !strings.Contains(body, "事件监听") || strings.Contains(body, "<no value>") {
		t.Error(body)
	}
}

// Each text that the page and its script use is there in both languages.
func TestTextsAreWhole(t *testing.T) {
	t.Parallel()
	all, err := readTexts()
	if err != nil {
		t.Fatal(err)
	}
	for name := range all["en"] {
		if all["zh-CN"][name] == "" {
			t.Errorf("%s has no Chinese text", name)
		}
	}
	for name := range all["zh-CN"] {
		if all["en"][name] == "" && !strings.HasPrefix(name, "fault.") {
			t.Errorf("%s has no English text", name)
		}
	}
	used := regexp.MustCompile(`\bT\.([a-zA-Z]+)`)
	for _, file := range []string{"app.js", "index.html"} {
		data, err := files.ReadFile("static/" + file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range used.FindAllStringSubmatch(string(data), -1) {
			if all["en"][match[1]] == "" {
				t.Errorf("%s uses the text %s, which does not exist", file, match[1])
			}
		}
	}
}

func TestForeignHostsAndPages(t *testing.T) {
	t.Parallel()
	p, log := newTestPage(Options{Hosts: []string{"web.example.com", "port.example.com:99"}})
	log.Add(event("bounce"))
	for host, served := range map[string]bool{
		"127.0.0.1": true, "localhost:8025": true, "[::1]:8025": true, "x.localhost": true, "web.example.com": true, "WEB.example.com.:8025": true,
		"port.example.com:99": true, "evil.example.com": false, "127.0.0.1.evil.example.com": false, "port.example.com:98": false, "": false, "10.0.0.1": false,
	} {
		for _, path := range []string{"/", Path + "rows", Path + "app.js"} {
			if w := get(p, path, func(r *http.Request) { r.Host = host }); (w.Code == http.StatusOK) != served {
				t.Errorf("%s at %q: %d", path, host, w.Code)
			}
		}
	}
	for site, served := range map[string]bool{"": true, "none": true, "same-origin": true, "same-site": false, "cross-site": false} {
		if w := get(p, Path+"rows", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", site) }); (w.Code == http.StatusOK) != served {
			t.Errorf("Sec-Fetch-Site %q: %d", site, w.Code)
		}
	}
	for name, change := range map[string]func(*http.Request){
		"no token":       func(r *http.Request) { r.Header.Del(TokenHeader) },
		"wrong token":    func(r *http.Request) { r.Header.Set(TokenHeader, p.token[1:]+"A") },
		"no origin":      func(r *http.Request) { r.Header.Del("Origin") },
		"null origin":    func(r *http.Request) { r.Header.Set("Origin", "null") },
		"other port":     func(r *http.Request) { r.Header.Set("Origin", "http://127.0.0.1:9") },
		"other scheme":   func(r *http.Request) { r.Header.Set("Origin", "https://127.0.0.1:8025") },
		"foreign origin": func(r *http.Request) { r.Header.Set("Origin", "http://evil.example.com") },
		"foreign host":   func(r *http.Request) { r.Host = "evil.example.com"; r.Header.Set("Origin", "http://evil.example.com") },
	} {
		for _, path := range []string{"again/1", "whole/1", "curl/1"} {
			if w := post(p, Path+path, "{}", change); w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "verysecret") {
				t.Errorf("%s, %s: %d %s", name, path, w.Code, w.Body)
			}
		}
	}
}

func TestItems(t *testing.T) {
	t.Parallel()
	p, log := newTestPage(Options{})
	if got := get(p, Path+"rows", nil).Body.String(); got != `{"rows":[],"total":0}`+"\n" {
		t.Error(got)
	}
	for _, kind := range []string{"one", "two", "three", "four", "<b>five</b>", "six", "pending"} {
		log.Add(event(kind))
	}
	var list struct {
		Rows  []Row
		Total int
	}
	w := get(p, Path+"rows?limit=2", nil)
	if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || len(list.Rows) != 2 || list.Rows[1].ID != 7 || list.Total != 3 {
		t.Errorf("%v %s", err, w.Body)
	}
	w = get(p, Path+"item/5", nil)
	if body := w.Body.String(); w.Code != http.StatusOK || strings.Contains(body, "verysecret") || strings.Contains(body, "<b>") || !strings.Contains(body, "token=***") {
		t.Errorf("%d %s", w.Code, body)
	}
	if body := post(p, Path+"whole/5", "{}", nil).Body.String(); strings.Count(body, "verysecret") != 2 {
		t.Error(body)
	}
	var answer struct{ Curl string }
	w = post(p, Path+"curl/6", "{}", nil)
	want := `curl -sS -X POST -H 'Content-Type: application/json' --data-binary '{"event":"it'\''s"}' 'http://127.0.0.1:8080/ses?token=verysecret'`
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || answer.Curl != want {
		t.Errorf("%v %s", err, answer.Curl)
	}
	for path, status := range map[string]int{"again/6": 200, "again/7": 409, "again/1": 404, "again/8": 404, "again/x": 404, "whole/4": 404, "curl/4": 404, "callback": 404} {
		if w := post(p, Path+path, "{}", nil); w.Code != status {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	if w := get(p, Path+"again/6", nil); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("a GET that changes something: %d", w.Code)
	}
	if w := get(p, Path+"item/4", nil); w.Code != http.StatusNotFound {
		t.Errorf("an old event: %d", w.Code)
	}
	if got := Curl(Item{Payload: "x"}); !strings.HasSuffix(got, "'http://127.0.0.1:8080/'") {
		t.Error(got)
	}
}

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
func (a *fakeAccount) Outcomes() []string      { return []string{"bounce"} }
func (a *fakeAccount) Faults() []string        { return nil }
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

func TestLiveUpdates(t *testing.T) {
	t.Parallel()
	done := make(chan struct{})
	p, log := newTestPage(Options{Done: done})
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	request, _ := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+Path+"live", nil)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if got := response.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Error(got)
	}
	lines := bufio.NewReader(response.Body)
	next := func() string {
		var text string
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				return err.Error()
			}
			if line == "\n" {
				return text
			}
			text += line
		}
	}
	if got := next(); got != "event: hello\ndata: {}\n" {
		t.Fatal(got)
	}
	log.Add(event("bounce\n\ndata: forged"))
	if got := next(); !strings.HasPrefix(got, "event: rows\ndata: [{") || strings.Count(got, "\n") != 2 {
		t.Error(got)
	}
	log.Changes().Reset()
	if got := next(); got != "event: reset\ndata: {}\n" {
		t.Error(got)
	}
	close(done) // a server that stops does not wait for browsers
	if got := next(); got != io.EOF.Error() {
		t.Error(got)
	}
}

// TestLogIsBounded checks that the oldest events go when there are too many bytes, and
// that long texts are cut off in the list.
func TestLogIsBounded(t *testing.T) {
	t.Parallel()
	log := NewLog(100, nil)
	log.bytes = 10_000
	for range 50 {
		log.Add(Item{Payload: strings.Repeat("x", 1000)})
	}
	rows, total, err := log.Rows(100)
	if err != nil || total != len(rows) || total < 4 || total > 8 || rows[total-1].ID != 50 {
		t.Errorf("%d of %d rows, %v", len(rows), total, err)
	}
	if _, err := log.Item(rows[0].ID - 1); !errors.Is(err, ErrNoRow) {
		t.Error("an event that is gone is still there")
	}
	log.Add(Item{Row: Row{Recipient: "a" + strings.Repeat("收", 1000)}, Payload: strings.Repeat("x", 20_000)})
	rows, total, _ = log.Rows(100)
	if total != 1 || rows[0].ID != 51 {
		t.Errorf("after one large event there are %d", total)
	}
	if to := rows[0].Recipient; len(to) > maxRowText+3 || !utf8.ValidString(to) || !strings.HasSuffix(to, "收…") {
		t.Errorf("the recipient has %d bytes: %q", len(to), to)
	}
}

// TestPageLanguage checks that a given language comes before the one of the browser, and
// the one of the URL before both.
func TestPageLanguage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ given, query, browser, want string }{
		{"", "", "zh-CN", "zh-CN"}, {"en", "", "zh-CN", "en"}, {"zh-CN", "", "en", "zh-CN"}, {"zh_TW.UTF-8", "", "en", "zh-CN"},
		{"zh-CN", "?lang=en", "zh-CN", "en"}, {"", "?lang=zh", "en", "zh-CN"}, {"", "?lang=<script>", "en", "en"}, {"", "?lang=", "zh", "zh-CN"},
	} {
		p, _ := newTestPage(Options{Lang: c.given})
		got := get(p, "/"+c.query, func(r *http.Request) { r.Header.Set("Accept-Language", c.browser) })
		if !strings.Contains(got.Body.String(), `<html lang="`+c.want+`">`) {
			t.Errorf("%+v: %.80s", c, got.Body)
		}
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
