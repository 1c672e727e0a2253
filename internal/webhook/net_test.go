package webhook

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"
)

// fakeNet is a network in memory: names, and what listens at an address. Its
// connections are pipes, so that it works under the clock of synctest.
type fakeNet struct {
	names map[string][]string
	at    map[string]func(net.Conn) // "ip:port"; an address without one refuses

	mu     sync.Mutex
	dialed []string
}

const silent = "silent" // an address with this port never answers

func (n *fakeNet) LookupNetIP(ctx context.Context, _, host string) ([]netip.Addr, error) {
	addresses, ok := n.names[host]
	if !ok {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	var found []netip.Addr
	for _, address := range addresses {
		if address == silent {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		found = append(found, netip.MustParseAddr(address))
	}
	return found, nil
}

func (n *fakeNet) Dial(ctx context.Context, _, address string) (net.Conn, error) {
	n.mu.Lock()
	n.dialed = append(n.dialed, address)
	n.mu.Unlock()
	serve, ok := n.at[address]
	if !ok {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	}
	if serve == nil { // a packet filter that drops everything
		<-ctx.Done()
		return nil, ctx.Err()
	}
	ours, theirs := net.Pipe()
	go serve(theirs)
	return ours, nil
}

func (n *fakeNet) network() Network { return Network{Resolver: n, Dial: n.Dial} }

// httpConn serves HTTP on each connection it is given.
func httpConn(t *testing.T, handler http.HandlerFunc) func(net.Conn) {
	listener := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{Handler: handler}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener)
	}()
	t.Cleanup(func() {
		server.Close()
		<-done
	})
	return listener.give
}

type pipeListener struct {
	conns  chan net.Conn
	once   sync.Once
	closed chan struct{}
}

func (l *pipeListener) give(conn net.Conn) {
	select {
	case l.conns <- conn:
	case <-l.closed:
		conn.Close()
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }

// dial makes a connection to whoever accepts from the listener.
func (l *pipeListener) dial(context.Context, string, string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	l.give(theirs)
	return ours, nil
}

// tlsServer is a network in which every connection ends at one server with a
// certificate. Its sockets are real: pipes, which hold nothing, do not suit the
// alerts of TLS.
func tlsServer(t *testing.T, cert tls.Certificate) Network {
	server := httptest.NewUnstartedServer(status(200))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return Network{
		Resolver: lookupFunc(func() {}),
		Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
		},
	}
}

// authority is a certificate authority for one test.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T, now time.Time) *authority {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test CA"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: now.AddDate(-5, 0, 0), NotAfter: now.AddDate(5, 0, 0), KeyUsage: x509.KeyUsageCertSign,
	}
	a := &authority{t: t}
	a.cert, a.key = a.sign(template, nil, nil)
	return a
}

func (a *authority) sign(template, parent *x509.Certificate, signer *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		a.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return cert, key
}

func (a *authority) issue(name string, from, until time.Time, selfSigned bool) tls.Certificate {
	a.t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: from, NotAfter: until, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	parent, signer := a.cert, a.key
	if selfSigned {
		parent, signer = nil, nil
	}
	cert, key := a.sign(template, parent, signer)
	return tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key}
}

func (a *authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return pool
}

// silentConn takes what comes and writes nothing.
func silentConn(conn net.Conn) {
	_, _ = io.Copy(io.Discard, conn)
	conn.Close()
}

// lookupFunc is a resolver that calls itself and answers one public address.
type lookupFunc func()

func (f lookupFunc) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	f()
	return []netip.Addr{netip.MustParseAddr("203.0.113.7")}, nil
}
