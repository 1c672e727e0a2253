package emulator

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
	userAgent = "sesctl-emulator"
	// maxAnswer is how much of an answer is read, so that its connection can be
	// used again; what it says does not matter.
	maxAnswer       = 64 << 10
	maxAnswerHeader = 64 << 10
)

// errPublicHost is of a name that looks private and leads to a public address.
var errPublicHost = errors.New("the host leads to a public address; emulator serve --deliver-anywhere delivers there too")

// poster POSTs events.
type poster struct {
	client   *http.Client
	anywhere bool
}

func newPoster(o DeliveryOptions) *poster {
	p := &poster{anywhere: o.Anywhere, client: &http.Client{
		Transport: o.Transport, Timeout: o.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if o.Transport != nil {
		return p
	}
	dialer := &net.Dialer{Timeout: o.Timeout}
	t := &http.Transport{
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		MaxIdleConnsPerHost:    maxActiveOfSender,
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

// refusePublic looks at the address behind a name, which the name itself does
// not tell.
func refusePublic(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	host, _, _ = strings.Cut(host, "%")
	if ip := net.ParseIP(host); ip == nil || callback.PublicIP(ip) {
		return errPublicHost
	}
	return nil
}

// refuse tells why nothing is delivered to a URL, or returns "". It looks no
// name up: asking for the name of a public host may be too much already.
func (p *poster) refuse(rawURL string) string {
	u, err := url.Parse(rawURL)
	switch {
	case err != nil:
		return "the callback is not a URL"
	case !p.anywhere && callback.PrivateHost(u.Hostname()) == "":
		return "the host is public; emulator serve --deliver-anywhere delivers there too"
	}
	return ""
}

// send POSTs a body. The error tells why the answer was none or not 2xx; it does
// not hold the URL.
func (p *poster) send(ctx context.Context, rawURL string, body []byte) (status int, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, rawURL, bytes.NewReader(body))
	if err != nil {
		return 0, errors.New("the callback is not a URL")
	}
	r.Header["Content-Type"] = []string{"application/json"}
	r.Header["User-Agent"] = []string{userAgent}
	response, err := p.client.Do(r)
	if err != nil {
		return 0, p.reason(err)
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, maxAnswer))
	_ = response.Body.Close()
	if response.StatusCode/100 != 2 {
		return response.StatusCode, fmt.Errorf("answered %d", response.StatusCode)
	}
	return response.StatusCode, nil
}

func (p *poster) reason(err error) error {
	var wrapped *url.Error // quotes the URL
	if errors.As(err, &wrapped) {
		if wrapped.Timeout() {
			return fmt.Errorf("no answer in %s", p.client.Timeout)
		}
		err = wrapped.Err
	}
	switch {
	case errors.Is(err, errPublicHost):
		return errPublicHost
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the connection was closed without an answer")
	}
	// net/http quotes the first line of an answer that is not HTTP, and that may
	// repeat the request.
	text, _, _ := strings.Cut(err.Error(), `"`)
	return errors.New(strings.TrimRight(text, " :"))
}

func (p *poster) close() { p.client.CloseIdleConnections() }
