package cli_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// receiver starts a server that answers events in the named way, and sets $NAME to its
// URL. Ways that begin with tls- use certificates of an authority that $SSL_CERT_FILE
// makes trusted. The file NAME.last holds the last event, and NAME.all the first line of
// each request: receiver HOOK 500
func receiver(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: receiver NAME WAY")
	}
	name, way := args[0], args[1]
	if way == "silent" || way == "closed" || way == "early" {
		ts.Setenv(name, "http://"+rawReceiver(ts, way)+"/hook?token=s3cret")
		return
	}
	kept := ts.MkAbs(name + ".last")
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		text := fmt.Sprintf("%s %s\nContent-Type: %s\nSesctl-Test: %s\nX-Own: %s\n\n%s\n",
			r.Method, r.URL.Path, r.Header.Get("Content-Type"), r.Header.Get("Sesctl-Test"), r.Header.Get("X-Own"), body)
		_ = os.WriteFile(kept, []byte(text), 0o600)
		if all, err := os.OpenFile(ts.MkAbs(name+".all"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err == nil {
			_, _ = fmt.Fprintf(all, "%s %s\n", r.Method, r.RequestURI)
			all.Close()
		}
		answerIn(w, r, way)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	if ca, ok := strings.CutPrefix(way, "tls-"); ok {
		server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate(ts, ca)}}
		server.StartTLS()
	} else {
		server.Start()
	}
	ts.Defer(func() {
		server.CloseClientConnections() // Close would wait for a handler that hangs
		server.Close()
	})
	ts.Setenv(name, server.URL+"/hook?token=s3cret")
}

func answerIn(w http.ResponseWriter, r *http.Request, way string) {
	switch way {
	case "500":
		http.Error(w, "s3cret in an answer", http.StatusInternalServerError)
	case "redirect":
		http.Redirect(w, r, "https://elsewhere.example.com/?token=s3cret", http.StatusFound)
	case "proxy": // which does not accept the password
		w.WriteHeader(http.StatusProxyAuthRequired)
	case "hang":
		<-r.Context().Done()
	case "endless": // until the client has had enough
		piece := make([]byte, 1<<20)
		for range 1024 {
			if _, err := w.Write(piece); err != nil {
				return
			}
		}
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

// closedAddress returns an address whose port the system never assigns automatically.
// The port of a closed listener could already belong to another test.
const closedAddress = "127.0.0.1:1"

// rawReceiver listens on plain TCP and returns its address.
func rawReceiver(ts *testscript.TestScript, way string) string {
	if way == "closed" {
		return closedAddress
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { listener.Close() })
	go func() {
		var open []net.Conn
		for {
			conn, err := listener.Accept()
			if err != nil {
				for _, conn := range open {
					conn.Close()
				}
				return
			}
			if way == "early" {
				_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
			}
			open = append(open, conn)
		}
	}()
	return listener.Addr().String()
}

// certificate returns a server certificate that is valid, or invalid in the named way.
func certificate(ts *testscript.TestScript, way string) tls.Certificate {
	now := time.Now()
	authority := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test CA"}, IsCA: true,
		BasicConstraintsValid: true, NotBefore: now.AddDate(-5, 0, 0), NotAfter: now.AddDate(5, 0, 0), KeyUsage: x509.KeyUsageCertSign}
	caKey, leafKey := newKey(ts), newKey(ts)
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "receiver"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(0, 3, 0),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	switch way {
	case "expired":
		leaf.NotAfter = now.AddDate(0, 0, -2)
	case "soon":
		leaf.NotAfter = now.Add(5*24*time.Hour + time.Hour)
	case "name":
		leaf.IPAddresses, leaf.DNSNames = nil, []string{"other.example.com"}
	}
	if way != "self" {
		der, err := x509.CreateCertificate(rand.Reader, authority, authority, &caKey.PublicKey, caKey)
		ts.Check(err)
		path := ts.MkAbs("ca-" + way + ".pem")
		ts.Check(os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
		ts.Setenv("SSL_CERT_FILE", path)
	} else {
		authority, caKey = leaf, leafKey
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, authority, &leafKey.PublicKey, caKey)
	ts.Check(err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: leafKey}
}

func newKey(ts *testscript.TestScript) *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	return key
}
