package network

import (
	"crypto/x509"
	"errors"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
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
func Roots(sources ...CertificateFile) (*x509.CertPool, error) {
	var roots *x509.CertPool
	for _, file := range sources {
		if file.Path == "" {
			continue
		}
		pem, err := file.read()
		if err != nil {
			return nil, err
		}
		if roots == nil { // after the check of the file: if it is SSL_CERT_FILE, it is read again here
			if roots, err = x509.SystemCertPool(); err != nil {
				roots = x509.NewCertPool()
			}
		}
		if !roots.AppendCertsFromPEM(pem) {
			return nil, failure.New(failure.Usage, "the file %s, which %s names, has no certificate in PEM form", file.Path, file.From)
		}
	}
	return roots, nil
}

// CheckSystemFile returns an error if SSL_CERT_FILE names something that is not a regular
// file, such as a pipe. Package crypto/x509 would wait for it without an end.
func CheckSystemFile(getenv func(string) string) error {
	const variable = "SSL_CERT_FILE"
	if err := files.CheckReadPath(getenv(variable)); err != nil {
		return unreadable(failure.Failure, variable, err)
	}
	return nil
}

func (f CertificateFile) read() ([]byte, error) {
	pem, err := files.ReadRegular(f.Path, maxCertificates)
	kind := failure.Failure
	if errors.Is(err, files.ErrTooLarge) {
		kind = failure.Usage
	}
	if err != nil {
		return nil, unreadable(kind, f.From, err)
	}
	return pem, nil
}

func unreadable(kind failure.Kind, from string, err error) error {
	return failure.New(kind, "cannot read the certificates of %s: %w", from, err)
}
