package delivery

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/sesctl/sesctl/pkg/callback"
)

const (
	// maxAnswer is how much of an answer is read, so that its connection can be
	// used again; its content does not matter.
	maxAnswer       = 64 << 10
	maxAnswerHeader = 64 << 10
	// maxBeginning is how much of an answer is searched for its first line, in bytes, and
	// maxLine how much of that is kept, in characters.
	maxBeginning = 4 << 10
	maxLine      = 200
)

// ErrPublicHost is the error of a name that looks private and leads to a public
// address.
var ErrPublicHost = errors.New("the host leads to a public address; emulator serve --deliver-anywhere delivers there too")

// PosterOptions are how a [Poster] reaches its hosts.
type PosterOptions struct {
	UserAgent string
	// Anywhere also POSTs to hosts that the internet can reach, through the
	// proxy of the environment (see [http.ProxyFromEnvironment]).
	Anywhere bool
	// Timeout is the limit for one POST.
	Timeout time.Duration
	// Transport is used in place of the network.
	Transport http.RoundTripper
}

// Poster POSTs JSON bodies. It is safe for use by several goroutines.
type Poster struct {
	client    *http.Client
	userAgent string
	anywhere  bool
}

// NewPoster returns a poster. It follows no redirect.
func NewPoster(o PosterOptions) *Poster {
	p := &Poster{anywhere: o.Anywhere, userAgent: o.UserAgent, client: &http.Client{
		Transport: o.Transport, Timeout: o.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if o.Transport != nil {
		return p
	}
	dialer := &net.Dialer{Timeout: o.Timeout}
	t := &http.Transport{
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		MaxIdleConnsPerHost:    ActiveOfGroup,
		IdleConnTimeout:        30 * time.Second,
		MaxResponseHeaderBytes: maxAnswerHeader,
		DisableCompression:     true,
	}
	if o.Anywhere {
		t.Proxy = http.ProxyFromEnvironment
	} else {
		dialer.Control = refusePublic
	}
	t.DialContext = dialer.DialContext
	p.client.Transport = t
	return p
}

// refusePublic refuses a public address behind a name that looks private.
func refusePublic(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	host, _, _ = strings.Cut(host, "%")
	if ip := net.ParseIP(host); ip == nil || callback.PublicIP(ip) {
		return ErrPublicHost
	}
	return nil
}

// Refuse returns why nothing is POSTed to a URL, or "". It looks no name up:
// even asking for the name of a public host may be too much.
func (p *Poster) Refuse(rawURL string) string {
	u, err := url.Parse(rawURL)
	switch {
	case err != nil:
		return "the callback is not a URL"
	case !p.anywhere && callback.PrivateHost(u.Hostname()) == "":
		return "the host is public; emulator serve --deliver-anywhere delivers there too"
	}
	return ""
}

// Answer is what came back for a POST.
type Answer struct {
	Status int // 0 if there was no answer
	// Line is the first line of an answer outside 2xx that has text, without what is
	// secret in the URL.
	Line string
}

// Post POSTs a JSON body. The error reports that there was no answer and why,
// or that the answer was not 2xx. It does not hold the URL.
func (p *Poster) Post(ctx context.Context, rawURL string, body []byte) (got Answer, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, rawURL, bytes.NewReader(body))
	if err != nil {
		return got, errors.New("the callback is not a URL")
	}
	r.Header["Content-Type"] = []string{"application/json"}
	r.Header["User-Agent"] = []string{p.userAgent}
	response, err := p.client.Do(r)
	if err != nil {
		return got, p.reason(err)
	}
	defer func() { _ = response.Body.Close() }()
	got.Status = response.StatusCode
	rest := io.LimitReader(response.Body, maxAnswer)
	if got.Status/100 != 2 {
		beginning, _ := io.ReadAll(io.LimitReader(rest, maxBeginning)) // what came of it is enough
		got.Line = firstLine(beginning, rawURL)
		err = fmt.Errorf("answered %d", got.Status)
	}
	_, _ = io.Copy(io.Discard, rest)
	return got, err
}

func (p *Poster) reason(err error) error {
	var wrapped *url.Error // quotes the URL
	if errors.As(err, &wrapped) {
		if wrapped.Timeout() {
			return fmt.Errorf("no answer in %s", p.client.Timeout)
		}
		err = wrapped.Err
	}
	switch {
	case errors.Is(err, ErrPublicHost):
		return ErrPublicHost
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the connection was closed without an answer")
	}
	// net/http quotes the first line of an answer that is not HTTP, and that may
	// repeat the request.
	text, _, _ := strings.Cut(err.Error(), `"`)
	return errors.New(strings.TrimRight(text, " :"))
}

// Close closes the connections that wait for another POST.
func (p *Poster) Close() { p.client.CloseIdleConnections() }
