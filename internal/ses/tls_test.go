package ses

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// authority is a certificate authority of these tests.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	file        string // in PEM form
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sesctl tests"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return authority{certificate, key, file}
}

func (a authority) issue(t *testing.T, name string, end time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: end,
		DNSNames: []string{name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	if name == "" {
		template.DNSNames, template.IPAddresses = []string{"another.example"}, nil
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func serveTLS(t *testing.T, certificate tls.Certificate, handler http.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func env(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

func TestCertificates(t *testing.T) {
	t.Parallel()
	ca, soon := newAuthority(t), time.Now().Add(time.Hour)
	for name, test := range map[string]struct {
		certificate tls.Certificate
		caFile      string
		certFile    string
		texts       []string
	}{
		"ca_file":       {ca.issue(t, "localhost", soon), ca.file, "", nil},
		"SSL_CERT_FILE": {ca.issue(t, "localhost", soon), "", ca.file, nil},
		"both":          {ca.issue(t, "localhost", soon), newAuthority(t).file, ca.file, nil},
		"unknown":       {ca.issue(t, "localhost", soon), "", "", []string{"not trusted", "SSL_CERT_FILE", "ca_file"}},
		"other name":    {ca.issue(t, "", soon), ca.file, "", []string{"another name"}},
		"expired":       {ca.issue(t, "localhost", time.Now().Add(-time.Hour)), ca.file, "", []string{"has expired", "clock"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serveTLS(t, test.certificate, answerWith(200, nil, `{"Response":{"Url":null}}`))
			var log callLog
			c := newClient(t, Options{Endpoint: server.URL, CAFile: test.caFile, Getenv: env(map[string]string{"SSL_CERT_FILE": test.certFile}), OnCall: log.add})
			_, err := c.Load(t.Context(), callback.PartAccount)
			if test.texts == nil {
				if err != nil {
					t.Error(err)
				}
				return
			}
			checkError(t, err, failure.Failure, test.texts...)
			if calls := log.all(); len(calls) != 1 || calls[0].Outcome != "tls" {
				t.Errorf("the calls were %+v", calls)
			}
			if e := checkError(t, put(c, callback.Account(), secretURL, ""), failure.Failure, test.texts...); e.Unknown {
				t.Error("a write that could not leave counts as unknown")
			}
		})
	}
}

func TestCertificateFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty.pem")
	if err := os.WriteFile(empty, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		caFile, certFile string
		kind             failure.Kind
		texts            string
	}{
		{filepath.Join(dir, "none.pem"), "", failure.Failure, "ca_file"},
		{"", filepath.Join(dir, "none.pem"), failure.Failure, "SSL_CERT_FILE"},
		{dir, "", failure.Failure, "it is a folder"},
		{empty, "", failure.Usage, empty + ", which ca_file names, has no certificate"},
		{"", empty, failure.Usage, empty + ", which SSL_CERT_FILE names"},
	} {
		_, err := New(Options{Endpoint: "https://ses.tencentcloudapi.com", Credentials: localCredentials(),
			CAFile: test.caFile, Getenv: env(map[string]string{"SSL_CERT_FILE": test.certFile})})
		checkError(t, err, test.kind, test.texts)
	}
}

func TestSchemesMixedUp(t *testing.T) {
	t.Parallel()
	plain := httptest.NewServer(answerWith(200, nil, leak))
	t.Cleanup(plain.Close)
	_, err := newClient(t, Options{Endpoint: strings.Replace(plain.URL, "http://", "https://", 1)}).Load(t.Context(), callback.PartAccount)
	checkError(t, err, failure.Failure, "does not speak TLS")

	secure := serveTLS(t, newAuthority(t).issue(t, "localhost", time.Now().Add(time.Hour)), answerWith(200, nil, leak))
	_, err = newClient(t, Options{Endpoint: strings.Replace(secure.URL, "https://", "http://", 1)}).Load(t.Context(), callback.PartAccount)
	checkError(t, err, failure.Failure, "expects HTTPS", "https://")

	_, err = newClient(t, Options{Endpoint: "http://" + speak(t, "\x15\x03\x01\x00\x02\x02\x46")}).Load(t.Context(), callback.PartAccount)
	checkError(t, err, failure.Failure, "speaks TLS, but was asked over plain HTTP")

	_, err = newClient(t, Options{Endpoint: "https://" + speak(t, "SSH-2.0-"+leak+"\r\n")}).Load(t.Context(), callback.PartAccount)
	checkError(t, err, failure.Failure, "does not speak TLS")

	_, err = newClient(t, Options{Endpoint: "https://" + speak(t, "\x15\x03\x01\x00\x02\x02\x46")}).Load(t.Context(), callback.PartAccount)
	checkError(t, err, failure.Failure, "refused the TLS connection")
}

// speak listens, answers every request with the given bytes, and returns its
// address.
func speak(t *testing.T, text string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = bufio.NewReader(conn).ReadByte()
			_, _ = io.WriteString(conn, text)
			_ = conn.(*net.TCPConn).CloseWrite()
			_, _ = io.Copy(io.Discard, conn)
			_ = conn.Close()
		}
	}()
	return listener.Addr().String()
}
