package relay

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
)

// certificates serves a certificate from two files, and reads them again when they
// change. While the certificate and the key do not match, for example in the middle
// of a renewal, the previous certificate is served.
type certificates struct {
	certFile, keyFile string
	log               *slog.Logger
	now               func() time.Time

	mu        sync.Mutex
	looked    time.Time
	cert, key []byte
	current   *tls.Certificate
}

// maxPEM is the largest file of certificates or of a key that is read, in bytes. The
// authorities of a whole system have less than a quarter of a megabyte.
const maxPEM = 4 << 20

// lookEvery is the shortest time between two checks of the files. Their contents are
// compared, because a file can change and keep its time.
const lookEvery = time.Second

// openCertificates reads the files. The error names the file that cannot be used.
func openCertificates(certFile, keyFile string, log *slog.Logger) (*certificates, error) {
	c := &certificates{certFile: certFile, keyFile: keyFile, log: log, now: time.Now}
	if err := c.read(); err != nil {
		return nil, failure.New(failure.Failure, "cannot read the certificate: %w", err)
	}
	return c, nil
}

// get returns the current certificate, for tls.Config.GetCertificate.
func (c *certificates) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); now.Sub(c.looked) >= lookEvery {
		c.looked = now
		if err := c.read(); err != nil {
			c.log.Error("certificate not read again; the previous one is served", "reason", err.Error())
		}
	}
	return c.current, nil
}

func (c *certificates) read() error {
	cert, err := files.Read(c.certFile, maxPEM)
	if err != nil {
		return err
	}
	key, err := files.Read(c.keyFile, maxPEM)
	if err != nil {
		return err
	}
	if c.current != nil && bytes.Equal(cert, c.cert) && bytes.Equal(key, c.key) {
		return nil
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return notPair(c.certFile, c.keyFile, err)
	}
	if c.current != nil {
		c.log.Info("certificate changed", "until", pair.Leaf.NotAfter.UTC())
	}
	c.cert, c.key, c.current = cert, key, &pair
	return nil
}

// readPair reads a certificate and its key. The error names the file that cannot be
// used.
func readPair(certFile, keyFile string) (tls.Certificate, error) {
	cert, err := files.Read(certFile, maxPEM)
	if err != nil {
		return tls.Certificate{}, err
	}
	key, err := files.Read(keyFile, maxPEM)
	if err != nil {
		return tls.Certificate{}, err
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return tls.Certificate{}, notPair(certFile, keyFile, err)
	}
	return pair, nil
}

func notPair(certFile, keyFile string, err error) error {
	return fmt.Errorf("%s and %s: %w", certFile, keyFile, err)
}

// expiry returns when the certificate that is served expires.
func (c *certificates) expiry() time.Time {
	pair, err := c.get(nil)
	if err != nil || pair.Leaf == nil {
		return time.Time{}
	}
	return pair.Leaf.NotAfter
}
