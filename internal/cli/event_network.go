package cli

import (
	"github.com/sesctl/sesctl/internal/network"
	"github.com/sesctl/sesctl/internal/webhook"
)

// network returns the settings for connections to receivers: the proxies of the
// environment, and the certificate authorities of the profile and of the given files.
func (a *app) network(files ...network.CertificateFile) (webhook.Network, error) {
	n := webhook.Network{Getenv: a.env.Getenv}
	settings, err := a.account.Settings()
	if err != nil {
		return n, err
	}
	files = append(files, network.CertificateFile{Path: settings.CAFile, From: "ca_file"})
	files = append(files, network.CertificateFile{Path: a.env.Getenv("SSL_CERT_FILE"), From: "SSL_CERT_FILE"})
	n.RootCAs, err = network.Roots(files...)
	return n, err
}
