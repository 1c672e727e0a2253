package main

import (
	"archive/tar"
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// user is the user and the group of the images. It is the number that other images
// without a shell have for "nonroot".
const user = 65532

// writeRoot writes the root folder of an image as a tar archive: a user that is not
// root, with a home, a folder for temporary files, and Mozilla's list of certificate
// authorities. The directories are added, for this user alone.
func writeRoot(file string, directories []string) error {
	authorities, err := authorities()
	if err != nil {
		return err
	}
	var out bytes.Buffer
	archive := tar.NewWriter(&out)
	add := func(header *tar.Header, content []byte) {
		header.ModTime, header.Format, header.Size = time.Unix(0, 0), tar.FormatPAX, int64(len(content))
		if err == nil {
			err = archive.WriteHeader(header)
		}
		if err == nil {
			_, err = archive.Write(content)
		}
	}
	directory := func(name string, mode int64, owner int) {
		add(&tar.Header{Typeflag: tar.TypeDir, Name: strings.Trim(name, "/") + "/", Mode: mode, Uid: owner, Gid: owner}, nil)
	}
	directory("etc", 0o755, 0)
	add(&tar.Header{Name: "etc/passwd", Mode: 0o644}, fmt.Appendf(nil, "root:x:0:0:root:/:/none\nnonroot:x:%d:%d:nonroot:/home/nonroot:/none\n", user, user))
	add(&tar.Header{Name: "etc/group", Mode: 0o644}, fmt.Appendf(nil, "root:x:0:\nnonroot:x:%d:\n", user))
	directory("etc/ssl", 0o755, 0)
	directory("etc/ssl/certs", 0o755, 0)
	add(&tar.Header{Name: "etc/ssl/certs/ca-certificates.crt", Mode: 0o644}, authorities)
	directory("home", 0o755, 0)
	directory("home/nonroot", 0o700, user)
	directory("tmp", 0o1777, 0)
	for _, name := range directories {
		directory(name, 0o700, user)
	}
	if err != nil {
		return err
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return os.WriteFile(file, out.Bytes(), 0o644)
}

// authorities returns the certificates that Mozilla trusts for servers, as PEM. Certificates
// with a condition that PEM cannot express are left out.
func authorities() ([]byte, error) {
	var out bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint != nil {
			continue
		}
		certificate, err := x509.ParseCertificate(root.Certificate)
		if err != nil {
			return nil, fmt.Errorf("parse a certificate of the bundle: %w", err)
		}
		fmt.Fprintf(&out, "# %s\n", certificate.Subject)
		if err := pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}
