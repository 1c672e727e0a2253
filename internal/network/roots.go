package network

import (
	"crypto/x509"
	"io"
	"os"
	"syscall"

	"github.com/sesctl/sesctl/internal/failure"
)

// maxCertificates is the largest file of certificates, in bytes. The list of a whole
// system has less than a quarter of a megabyte.
const maxCertificates = 4 << 20

// CertificateFile is a file of certificates in PEM form.
type CertificateFile struct {
	Path string // "" for none
	From string // the setting that names the file
}

// Roots returns the certificate authorities of the system and of the files. Without a
// file it returns nil, which means the authorities of the system only.
func Roots(files ...CertificateFile) (*x509.CertPool, error) {
	var roots *x509.CertPool
	for _, file := range files {
		if file.Path == "" {
			continue
		}
		if roots == nil {
			var err error
			if roots, err = x509.SystemCertPool(); err != nil {
				roots = x509.NewCertPool()
			}
		}
		pem, err := file.read()
		if err != nil {
			return nil, err
		}
		if !roots.AppendCertsFromPEM(pem) {
			return nil, failure.New(failure.Usage, "the file %s, which %s names, has no certificate in PEM form", file.Path, file.From)
		}
	}
	return roots, nil
}

// read reads a regular file: a device may have no end, and a pipe may never begin.
func (f CertificateFile) read() ([]byte, error) {
	file, err := os.OpenFile(f.Path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, failure.New(failure.Failure, "cannot read the certificates of %s: %w", f.From, err)
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, failure.New(failure.Failure, "cannot read the certificates of %s: %w", f.From, err)
	case !info.Mode().IsRegular():
		return nil, failure.New(failure.Failure, "cannot read the certificates of %s: %s is not a regular file", f.From, f.Path)
	}
	pem, err := io.ReadAll(io.LimitReader(file, maxCertificates+1))
	switch {
	case err != nil:
		return nil, failure.New(failure.Failure, "cannot read the certificates of %s: %w", f.From, err)
	case len(pem) > maxCertificates:
		return nil, failure.New(failure.Usage, "the file %s, which %s names, has more than %d MiB", f.Path, f.From, maxCertificates>>20)
	}
	return pem, nil
}
