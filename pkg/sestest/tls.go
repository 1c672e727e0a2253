package sestest

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/emulator"
)

// WithTLS makes the server serve HTTPS instead of HTTP, with a certificate from an
// authority of its own. Clients trust it by [Server].CAs or [Server].CAFile.
func WithTLS() Option {
	return func(s *settings) { s.tls = true }
}

// secure adds TLS to the listener of a server.
func (s *Server) secure(tb testing.TB, listener net.Listener) net.Listener {
	tb.Helper()
	file := filepath.Join(tb.TempDir(), "ca.pem")
	config, authority, err := emulator.NewCertificate(nil, time.Now())
	if err == nil {
		err = os.WriteFile(file, authority, 0o600)
	}
	if err != nil {
		_ = listener.Close()
		tb.Fatalf("sestest: the certificate cannot be made: %v", err)
	}
	s.Endpoint, s.CAFile, s.CAs = "https://"+s.Host, file, x509.NewCertPool()
	s.CAs.AppendCertsFromPEM(authority)
	return tls.NewListener(listener, config)
}
