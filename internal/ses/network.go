package ses

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/network"
	"github.com/sesctl/sesctl/pkg/callback"
)

// networkFault returns what went wrong on the way to the service.
func (c *Client) networkFault(err error) *fault {
	var proxy *network.ProxyError
	if errors.As(err, &proxy) {
		return &fault{word: "proxy", kind: failure.Failure, reason: proxy.Error(), cause: proxy, hints: []string{proxy.Hint()}, again: !proxy.Reached}
	}
	if f := c.tlsFault(err); f != nil {
		return f
	}
	f := &fault{word: "network", kind: failure.Failure, again: true}
	var slow *slowAnswer
	var dns *net.DNSError
	var op *net.OpError
	var timeout net.Error
	switch {
	case errors.As(err, &slow): // no retry: the limit is already long
		f.word, f.reason, f.again = "timeout", c.host+" "+slow.Error(), false
		f.hints = []string{"'sesctl doctor' shows which host answers; a proxy can delay answers too"}
	case errors.As(err, &dns) && dns.IsNotFound:
		f.word, f.reason = "no-such-host", "there is no host "+callback.Quote(dns.Name)
		f.hints = []string{hintEndpoint}
	case errors.As(err, &dns):
		f.word, f.reason = "dns", "cannot look up "+callback.Quote(dns.Name)+": the name server did not answer properly"
	case errors.Is(err, syscall.ECONNREFUSED):
		f.word, f.reason = "refused", "cannot connect to "+c.host+": the connection was refused"
		f.hints = []string{hintEndpoint}
	case errors.As(err, &timeout) && timeout.Timeout():
		f.word, f.reason = "timeout", c.host+" did not answer in time"
	case errors.As(err, &op) && op.Op == "dial":
		f.word, f.reason = "dial", "cannot connect to "+c.host+": "+innermost(op)
		f.hints = []string{hintEndpoint}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		f.word, f.reason = "closed", c.host+" closed the connection before it answered"
	default:
		f.reason = "the connection to " + c.host + " failed: " + innermost(err)
	}
	return f
}

// tlsFault returns nil for an error that is not a TLS error. A TLS error does not
// go away by itself.
func (c *Client) tlsFault(err error) *fault {
	f := &fault{word: "tls", kind: failure.Failure}
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var op *net.OpError
	var verify *tls.CertificateVerificationError
	switch {
	case errors.As(err, &unknown):
		f.reason = "the certificate of " + c.host + " was issued by an authority that is not trusted"
		f.hints = []string{"if a proxy of your company issued it, name its certificate in SSL_CERT_FILE, or as ca_file in the profile"}
	case errors.As(err, &host):
		f.reason = "the certificate of " + c.host + " was issued for another name"
		f.hints = []string{hintEndpoint}
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		f.reason = "the certificate of " + c.host + " has expired or is not valid yet"
		f.hints = []string{"check the clock of this machine"}
	case errors.As(err, &invalid), errors.As(err, &verify):
		f.reason = "the certificate of " + c.host + " is not valid"
	case errors.Is(err, http.ErrSchemeMismatch), errors.As(err, &record):
		f.reason = c.host + " does not speak TLS, but was asked over HTTPS"
		f.hints = []string{"check the host and the port of the endpoint; plain http:// is allowed only for this machine"}
	case strings.Contains(err.Error(), `malformed HTTP response "\x15\x03`): // a TLS alert; net/http has no type for it
		f.word, f.reason = "https-only", c.host+" speaks TLS, but was asked over plain HTTP"
		f.hints = []string{"write the endpoint with https://"}
	case errors.As(err, &op) && op.Op == "remote error": // the name of an alert in crypto/tls
		f.reason = c.host + " refused the TLS connection: " + innermost(op)
	default:
		return nil
	}
	return f
}

// innermost returns the text of the innermost error, which holds no URL.
func innermost(err error) string {
	for {
		var inner error
		var asURL *url.Error
		if errors.As(err, &asURL) {
			inner = asURL.Err
		} else {
			inner = errors.Unwrap(err)
		}
		if inner == nil {
			return strings.Trim(callback.Quote(err.Error()), `"`)
		}
		err = inner
	}
}
