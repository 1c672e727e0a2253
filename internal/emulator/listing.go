package emulator

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// DeliveriesPath is where an emulator that is served lists its deliveries, for
// GET, without a signature. With ?wait=true it answers when none is pending, or
// after 20 seconds.
const DeliveriesPath = "/emulator/deliveries"

// longestWait is less than the time in which a server must have answered.
const longestWait = 20 * time.Second

// Listing is what [DeliveriesPath] answers.
type Listing struct {
	Deliveries []Delivery `json:"deliveries"` // oldest first
	Dropped    uint64     `json:"dropped"`    // older ones that are not kept any more
}

// Pending reports whether there are deliveries that may still change.
func (l Listing) Pending() bool {
	for _, d := range l.Deliveries {
		if d.Status == DeliveryPending {
			return true
		}
	}
	return false
}

func (e *Emulator) serveDeliveries(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("wait") == "true" && e.Resume() == nil {
		ctx, cancel := context.WithTimeout(r.Context(), longestWait)
		_ = e.Settle(ctx)
		cancel()
	}
	var listing Listing
	var err error
	if listing.Deliveries, listing.Dropped, err = e.Deliveries(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(listing) // a client that went away has no use for an error
}

// maxListing bounds what is read of a listing.
const maxListing = 256 << 20

// FetchDeliveries reads the deliveries of the emulator that is served at
// endpoint, such as http://127.0.0.1:8025; with wait, once none is pending. It
// follows no redirect. Errors are of kind failure, or the cause of ctx.
func FetchDeliveries(ctx context.Context, endpoint string, wait bool) (Listing, error) {
	for {
		listing, err := fetch(ctx, endpoint, wait)
		if err != nil || !wait || !listing.Pending() {
			return listing, err
		}
	}
}

func fetch(ctx context.Context, endpoint string, wait bool) (Listing, error) {
	target := strings.TrimSuffix(endpoint, "/") + DeliveriesPath
	if wait {
		target += "?wait=true"
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return Listing{}, failure.New(failure.Usage, "the endpoint is not a URL")
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	response, err := transport.RoundTrip(r)
	if err != nil {
		if ctx.Err() != nil {
			return Listing{}, context.Cause(ctx)
		}
		return Listing{}, failure.New(failure.Failure, "no emulator answers at %s: %w", callback.Mask(endpoint), err).
			WithHint("start one with \"sesctl emulator serve\"")
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxListing))
	var listing Listing
	if err == nil && response.StatusCode != http.StatusOK {
		err = errors.New("it answered " + response.Status)
	}
	if err == nil && json.Unmarshal(body, &listing) != nil {
		err = errors.New("its answer is no list of deliveries")
	}
	switch {
	case err == nil:
		return listing, nil
	case ctx.Err() != nil:
		return Listing{}, context.Cause(ctx)
	}
	return Listing{}, failure.New(failure.Failure, "the deliveries of %s cannot be read: %w", callback.Mask(endpoint), err).
		WithHint("it may not be an emulator of this version of sesctl")
}
