package webhook

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sesctl/sesctl/pkg/callback"
)

// expiryWarning is how long before its end a certificate causes a warning. Automatic
// renewal happens earlier, so less time is a sign that it does not work.
const expiryWarning = 14 * 24 * time.Hour

func isCertificateError(err error) bool {
	var verification *tls.CertificateVerificationError
	return errors.As(err, &verification)
}

// certificateProblem returns what is wrong with the certificate that a server has
// shown.
func certificateProblem(err error, now time.Time) string {
	var verification *tls.CertificateVerificationError
	if !errors.As(err, &verification) || len(verification.UnverifiedCertificates) == 0 {
		return beforeQuote(err.Error())
	}
	leaf := verification.UnverifiedCertificates[0]
	var name x509.HostnameError
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &name):
		return fmt.Sprintf("it is for %s, not for %s", certificateNames(leaf), name.Host)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		cert := invalid.Cert
		if now.Before(cert.NotBefore) {
			return "it is valid only from " + cert.NotBefore.UTC().Format(time.DateOnly)
		}
		return "it expired on " + cert.NotAfter.UTC().Format(time.DateOnly)
	case errors.As(err, &authority) && leaf.CheckSignatureFrom(leaf) == nil, isSelfIssued(leaf):
		return "it is self-signed"
	case errors.As(err, &authority):
		return fmt.Sprintf("it was issued by %s, which is not a known authority, or the server does not send the intermediate certificates", issuer(leaf))
	}
	return beforeQuote(verification.Err.Error())
}

func isSelfIssued(cert *x509.Certificate) bool {
	return string(cert.RawIssuer) == string(cert.RawSubject)
}

func certificateNames(cert *x509.Certificate) string {
	names := cert.DNSNames
	for _, ip := range cert.IPAddresses {
		names = append(names, ip.String())
	}
	const most = 3
	switch {
	case len(names) == 0:
		return "no host"
	case len(names) > most:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

func issuer(cert *x509.Certificate) string {
	name := cert.Issuer.CommonName
	if name == "" {
		name = cert.Issuer.String()
	}
	return callback.Quote(name)
}

// judgeTLS reports on a handshake that has succeeded.
func judgeTLS(state tls.ConnectionState, now time.Time) (Status, string) {
	leaf := state.PeerCertificates[0]
	end := leaf.NotAfter
	// A chain ends when its first certificate ends. If there are several chains, the
	// longest counts.
	for i, chain := range state.VerifiedChains {
		first := chain[0].NotAfter
		for _, cert := range chain {
			if cert.NotAfter.Before(first) {
				first = cert.NotAfter
			}
		}
		if i == 0 || first.After(end) {
			end = first
		}
	}
	left := end.Sub(now)
	detail := fmt.Sprintf("%s, certificate for %s issued by %s, %d days left (until %s)", tls.VersionName(state.Version),
		certificateNames(leaf), issuer(leaf), int(left.Hours()/24), end.UTC().Format(time.DateOnly))
	if left < expiryWarning {
		return Warn, detail
	}
	return OK, detail
}
