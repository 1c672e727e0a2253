package web

import (
	"crypto/rand"
	"crypto/subtle"
	"embed"
	"encoding/json"
	"errors"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
)

//go:embed static
var files embed.FS

const (
	// Path is where the page has everything but itself, which is at "/".
	Path = "/page/"
	// tokenHeader is the header in which the script of the page sends its token.
	tokenHeader = "X-Sesctl-Token"

	maxBody = 64 << 10 // of a request that changes something
	maxRows = 10_000   // that are listed
)

// Options are the options of [New].
type Options struct {
	// Title names the program: emulator or listen.
	Title string
	// Source has the events. Account is nil if there is nothing to change.
	Source  Source
	Account Account
	// Hosts are names under which the page is served, beside loopback names.
	Hosts []string
	// Lang is the language of the page: en or zh-CN. "" is the one that the browser
	// prefers. A page with ?lang=en or ?lang=zh-CN has that language in any case.
	Lang string
	// Done ends the live updates, so that a server can stop; nil is never.
	Done <-chan struct{}
}

// Page is the page, as an http.Handler.
type Page struct {
	Options
	token string
	mux   *http.ServeMux
	index func() (*template.Template, error)
	texts func() (map[string]texts, error)
}

// New returns a page. Its token is random.
func New(o Options) *Page {
	p := &Page{Options: o, token: rand.Text(), mux: http.NewServeMux()}
	p.index = sync.OnceValues(func() (*template.Template, error) { return template.ParseFS(files, "static/index.html") })
	p.texts = sync.OnceValues(readTexts)
	p.mux.HandleFunc("GET /{$}", p.serveIndex)
	for name, kind := range map[string]string{"app.js": "text/javascript", "style.css": "text/css", "icon.svg": "image/svg+xml"} {
		p.mux.HandleFunc("GET "+Path+name, func(w http.ResponseWriter, _ *http.Request) { serveFile(w, name, kind) })
	}
	p.mux.HandleFunc("GET "+Path+"rows", answering(p.rows))
	p.mux.HandleFunc("GET "+Path+"item/{id}", answering(p.item))
	p.mux.HandleFunc("GET "+Path+"live", p.live)
	p.mux.HandleFunc("POST "+Path+"curl/{id}", answering(p.curl))
	p.mux.HandleFunc("POST "+Path+"whole/{id}", answering(p.wholeItem))
	p.mux.HandleFunc("POST "+Path+"again/{id}", answering(p.again))
	if p.Account != nil {
		p.mux.HandleFunc("GET "+Path+"account", answering(p.account))
		p.mux.HandleFunc("POST "+Path+"whole", answering(p.wholeAccount))
		p.mux.HandleFunc("POST "+Path+"callback", answering(p.setCallback))
		p.mux.HandleFunc("POST "+Path+"send", answering(p.send))
		p.mux.HandleFunc("POST "+Path+"faults", answering(p.setFaults))
	}
	return p
}

// ServeHTTP serves the page at "/" and what belongs to it under [Path].
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "+
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	switch {
	case !HostAllowed(r.Host, p.Hosts):
		fail(w, http.StatusForbidden, "the page is not served under this host name; start the program with --web-host NAME if it is one of yours")
	case r.URL.Path != "/" && foreign(r.Header.Get("Sec-Fetch-Site")):
		fail(w, http.StatusForbidden, "another page sent this request")
	case r.Method != http.MethodGet && r.Method != http.MethodHead && !p.own(r):
		fail(w, http.StatusForbidden, "a change needs the origin and the token of the page; load the page again")
	default:
		p.mux.ServeHTTP(w, r)
	}
}

// foreign reports whether a request comes from another site, by what a browser adds to it.
func foreign(site string) bool { return site != "" && site != "same-origin" && site != "none" }

// own reports whether a request comes from this page: it has the origin of the page and
// its token.
func (p *Page) own(r *http.Request) bool {
	origin, err := url.Parse(r.Header.Get("Origin"))
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return err == nil && origin.Scheme == scheme && strings.EqualFold(origin.Host, r.Host) &&
		subtle.ConstantTimeCompare([]byte(r.Header.Get(tokenHeader)), []byte(p.token)) == 1
}

func (p *Page) serveIndex(w http.ResponseWriter, r *http.Request) {
	index, err := p.index()
	var all map[string]texts
	if err == nil {
		all, err = p.texts()
	}
	if err != nil {
		fail(w, http.StatusInternalServerError, err.Error())
		return
	}
	lang := p.language(r)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Vary", "Accept-Language")
	_ = index.Execute(w, map[string]any{ // a browser that went away has no use for an error
		"Lang": lang, "T": all[lang], "Title": all[lang][p.Title], "Token": p.token, "Account": p.Account != nil,
		"Other": other(lang),
	})
}

func serveFile(w http.ResponseWriter, name, kind string) {
	data, err := files.ReadFile("static/" + name)
	if err != nil {
		fail(w, http.StatusNotFound, "there is no such file")
		return
	}
	w.Header().Set("Content-Type", kind+"; charset=utf-8")
	_, _ = w.Write(data)
}

// answering answers with what serve returns, in JSON.
func answering(serve func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		answer, err := serve(r)
		switch {
		case errors.Is(err, ErrNoRow):
			fail(w, http.StatusNotFound, err.Error())
		case errors.Is(err, ErrPending):
			fail(w, http.StatusConflict, err.Error())
		case err != nil:
			fail(w, http.StatusBadRequest, err.Error())
		default:
			writeJSON(w, http.StatusOK, answer)
		}
	}
}

func fail(w http.ResponseWriter, status int, message string) {
	writeJSON(w, status, map[string]string{"error": message})
}

func writeJSON(w http.ResponseWriter, status int, answer any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer)
}

// readBody reads a JSON body.
func readBody(r *http.Request, into any) error {
	decoder := json.NewDecoder(io.LimitReader(r.Body, maxBody))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return errors.New("cannot read the body: it is not the JSON object that this page sends")
	}
	return nil
}

// idOf reads the event that a path names.
func idOf(r *http.Request) (uint64, error) {
	id, err := strconv.ParseUint(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, ErrNoRow
	}
	return id, nil
}
