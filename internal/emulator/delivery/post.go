package delivery

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/sesctl/sesctl/internal/network"
	"github.com/sesctl/sesctl/pkg/callback"
)

const (
	// maxAnswer is how many bytes of an answer are read, so that its connection can
	// be reused.
	maxAnswer       = 64 << 10
	maxAnswerHeader = 64 << 10
	// maxBeginning is how many bytes of an answer are searched for its first line.
	maxBeginning = 4 << 10
)

// ErrPublicHost is the error for a host with a private name and a public address.
var ErrPublicHost = errors.New("the host has a public address; 'sesctl emulator serve --deliver-anywhere' delivers to such hosts too")

// PosterOptions configures a [Poster].
type PosterOptions struct {
	UserAgent string
	// Anywhere allows public hosts, through the proxy of the environment (see
	// [http.ProxyFromEnvironment]).
	Anywhere bool
	// Timeout bounds one POST.
	Timeout time.Duration
	// RootCAs are the certificate authorities of callbacks; nil means the system's.
	RootCAs *x509.CertPool
	// Transport replaces the network if it is set.
	Transport http.RoundTripper
}

// Poster POSTs JSON bodies. It is safe for use by several goroutines.
type Poster struct {
	transport http.RoundTripper // without a client, redirects are not followed
	timeout   time.Duration
	userAgent string
	anywhere  bool
}

// NewPoster returns a poster. It does not follow redirects.
func NewPoster(o PosterOptions) *Poster {
	p := &Poster{anywhere: o.Anywhere, userAgent: o.UserAgent, timeout: o.Timeout, transport: o.Transport}
	if o.Transport != nil {
		return p
	}
	dialer := &net.Dialer{Timeout: o.Timeout}
	t := &http.Transport{
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.RootCAs},
		MaxIdleConnsPerHost:    maxActive,
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
	p.transport = t
	return p
}

// refusePublic refuses a connection to a public address. It is used for names that
// look private.
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

// Refuse returns why [Poster.Post] must not be called for a URL, or "" if it may. It
// does not look up names, because even the lookup would contact a public server.
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

// Answer is the answer to a POST.
type Answer struct {
	Status int // 0 if there was no answer
	// Line is the first line with text of an answer outside 2xx, with the secrets of
	// the URL masked.
	Line string
}

// Post POSTs a JSON body. The error is why there was no answer, or that the answer
// was not 2xx. It does not contain the URL.
func (p *Poster) Post(ctx context.Context, rawURL string, body []byte) (got Answer, err error) {
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, rawURL, bytes.NewReader(body))
	if err != nil {
		return got, errors.New("the callback is not a URL")
	}
	r.Header["Content-Type"] = []string{"application/json"}
	r.Header["User-Agent"] = []string{p.userAgent}
	if user := r.URL.User; user != nil {
		password, _ := user.Password()
		r.SetBasicAuth(user.Username(), password)
	}
	response, err := p.transport.RoundTrip(r)
	if err != nil {
		return got, p.reason(err)
	}
	defer func() { _ = response.Body.Close() }()
	got.Status = response.StatusCode
	rest := io.LimitReader(response.Body, maxAnswer)
	if got.Status/100 != 2 {
		beginning, _ := io.ReadAll(io.LimitReader(rest, maxBeginning)) // a part of it is enough
		got.Line = network.FirstLine(beginning, rawURL)
		err = fmt.Errorf("answered %d", got.Status)
	}
	_, _ = io.Copy(io.Discard, rest)
	return got, err
}

func (p *Poster) reason(err error) error {
	var timeout interface{ Timeout() bool }
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Errorf("no answer in %s", p.timeout)
	case errors.Is(err, ErrPublicHost):
		return ErrPublicHost
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the connection was closed without an answer")
	}
	// net/http quotes the first line of an answer that is not HTTP. That line may
	// repeat the request.
	text, _, _ := strings.Cut(err.Error(), `"`)
	return errors.New(strings.TrimRight(text, " :"))
}

// Close closes idle connections.
func (p *Poster) Close() {
	if t, ok := p.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}
