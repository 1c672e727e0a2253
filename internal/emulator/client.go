package emulator

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/network"
	"github.com/sesctl/sesctl/pkg/callback"
)

// Listing is the answer of [DeliveriesPath].
type Listing struct {
	Deliveries []Delivery `json:"deliveries"` // oldest first
	Dropped    uint64     `json:"dropped"`    // number of older deliveries that were removed
}

// Pending reports whether a delivery of the list is pending, and so may still change.
func (l Listing) Pending() bool {
	for _, d := range l.Deliveries {
		if d.Status == DeliveryPending {
			return true
		}
	}
	return false
}

// maxListing is the largest answer that is read, in bytes.
const maxListing = 512 << 20

// Client sends requests to an emulator at an endpoint, such as http://127.0.0.1:8025.
// It does not follow redirects. An error has the kind usage if the emulator refuses
// the request, and failure otherwise. If the context ends, the error is its cause.
type Client struct {
	Endpoint string
	// CAFile names a PEM file of certificate authorities to trust, in addition to the
	// system's. "" is none.
	CAFile string
}

// Deliveries returns the deliveries that a filter selects. With wait it returns them
// when none of them is pending.
func (c Client) Deliveries(ctx context.Context, f Filter, wait bool) (Listing, error) {
	query := f.Query()
	if wait {
		query.Set("wait", "true")
	}
	for {
		var listing Listing
		err := c.do(ctx, http.MethodGet, DeliveriesPath+"?"+query.Encode(), nil, &listing, "a list of deliveries")
		if err == nil && listing.Deliveries == nil {
			err = c.failed(errors.New("its answer is not a list of deliveries"))
		}
		if err != nil || !wait || !listing.Pending() {
			return listing, err
		}
	}
}

// Reset empties the state of the emulator.
func (c Client) Reset(ctx context.Context) error {
	var done struct{ Action string }
	err := c.do(ctx, http.MethodPost, ControlPath+"reset", nil, &done, "the answer to a reset")
	if err == nil && done.Action != "reset" {
		err = c.failed(errors.New("its answer is not the answer to a reset"))
	}
	return err
}

// Faults returns the faults that are on.
func (c Client) Faults(ctx context.Context) ([]string, error) {
	var list faultList
	err := c.do(ctx, http.MethodGet, ControlPath+"faults", nil, &list, "a list of faults")
	if err == nil && list.Faults == nil {
		err = c.failed(errors.New("its answer is not a list of faults"))
	}
	return list.Faults, err
}

// SetFaults turns the given faults on and all others off, and returns the faults that
// are on.
func (c Client) SetFaults(ctx context.Context, specs []string) ([]string, error) {
	list := faultList{append([]string{}, specs...)}
	err := c.do(ctx, http.MethodPut, ControlPath+"faults", list, &list, "a list of faults")
	return list.Faults, err
}

func (c Client) do(ctx context.Context, method, path string, body, into any, what string) error {
	var encoded io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return failure.New(failure.Failure, "%w", err)
		}
		encoded = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(c.Endpoint, "/")+path, encoded)
	if err != nil {
		return failure.New(failure.Usage, "the endpoint is not a URL")
	}
	transport, err := c.transport()
	if err != nil {
		return err
	}
	defer transport.CloseIdleConnections()
	response, err := transport.RoundTrip(r)
	if err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return c.unreachable(err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxListing))
	switch {
	case err != nil && ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return c.failed(err)
	}
	return c.read(response, answer, into, what)
}

// unreachable explains why a request had no answer.
func (c Client) unreachable(err error) error {
	var unknown x509.UnknownAuthorityError
	if errors.As(err, &unknown) {
		return failure.New(failure.Failure, "the certificate of the emulator at %s was issued by an authority that is not trusted", callback.Mask(c.Endpoint)).
			WithHint("name the file of 'emulator serve --tls-ca-out FILE' in SSL_CERT_FILE, or as ca_file in the profile")
	}
	return failure.New(failure.Failure, "no emulator answers at %s: %w", callback.Mask(c.Endpoint), err).
		WithHint("start one with 'sesctl emulator serve'")
}

// transport returns a transport for one request. It does not use the proxy settings
// of the environment.
func (c Client) transport() (*http.Transport, error) {
	roots, err := network.Roots(network.CertificateFile{Path: c.CAFile, From: "ca_file"})
	if roots == nil || err != nil {
		return &http.Transport{}, err
	}
	return &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}}, nil
}

func (c Client) read(response *http.Response, answer []byte, into any, what string) error {
	if response.StatusCode == http.StatusOK {
		if json.Unmarshal(answer, into) != nil {
			return c.failed(errors.New("its answer is not " + what))
		}
		return nil
	}
	var refused struct{ Error string }
	if response.StatusCode == http.StatusBadRequest && json.Unmarshal(answer, &refused) == nil && refused.Error != "" {
		return failure.New(failure.Usage, "%s", refused.Error)
	}
	return c.failed(errors.New("it answered " + response.Status))
}

func (c Client) failed(err error) error {
	return failure.New(failure.Failure, "cannot use the emulator at %s: %w", callback.Mask(c.Endpoint), err).
		WithHint("it may not be an emulator of this version of sesctl")
}
