package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
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
		r.Header.Set(tokenHeader, p.token)
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
		"no token":       func(r *http.Request) { r.Header.Del(tokenHeader) },
		"wrong token":    func(r *http.Request) { r.Header.Set(tokenHeader, p.token[1:]+"A") },
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
	want := `curl -sS -X POST -H 'Content-Type: application/json' --data-raw '{"event":"it'\''s"}' 'http://127.0.0.1:8080/ses?token=verysecret'`
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
	if got := curlCommand(Item{Payload: "@/etc/hostname"}); !strings.Contains(got, " --data-raw '@/etc/hostname' ") {
		t.Errorf("curl reads a file: %s", got)
	}
	if got := curlCommand(Item{Payload: "x"}); !strings.HasSuffix(got, "'http://127.0.0.1:8080/'") {
		t.Error(got)
	}
}
