package emulator

import (
	"net/http"
	"strconv"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/interrupt"
)

const (
	// longestWait is less than the time in which the server must answer.
	longestWait = 50 * time.Second
	usualWait   = 20 * time.Second
	// betweenLooks is the shortest time between two looks of a request that waits.
	betweenLooks = 10 * time.Millisecond
)

func serveMessages(e *Emulator, r *http.Request) (any, error) {
	f, err := parseFilter(r.URL.Query())
	if err != nil {
		return nil, err
	}
	all, err := e.Messages(f)
	return map[string]any{"messages": all}, err
}

func deleteMessages(e *Emulator, r *http.Request) (any, error) {
	f, err := parseFilter(r.URL.Query())
	if err != nil {
		return nil, err
	}
	n, err := e.DeleteMessages(f)
	return map[string]any{"deleted": n}, err
}

func serveDeliveries(e *Emulator, r *http.Request) (any, error) {
	query := r.URL.Query()
	f, err := parseFilter(query)
	if err != nil {
		return nil, err
	}
	count, timeout, err := parseWait(query.Get("wait"), query.Get("timeout"))
	if err != nil {
		return nil, err
	}
	if count != 0 {
		if err := e.Resume(); err != nil {
			return nil, err
		}
	}
	expired := time.After(timeout)
	for {
		changed, looked := e.changed.next(), time.Now()
		listing, err := e.DeliveriesOf(f)
		if err != nil || count == 0 || listing.has(count) {
			return listing, err
		}
		select {
		case <-changed:
		case <-expired:
			return listing, nil
		case <-r.Context().Done():
			return listing, nil
		}
		// Each look reads all deliveries, and a burst changes thousands of them a second.
		if interrupt.Sleep(r.Context(), time.Until(looked.Add(betweenLooks))) != nil {
			return listing, nil
		}
	}
}

// waitAll is the count for wait=true: wait until nothing is pending.
const waitAll = -1

func parseWait(wait, timeout string) (count int, limit time.Duration, err error) {
	limit = usualWait
	if timeout != "" {
		seconds, err := strconv.ParseFloat(timeout, 64)
		if err != nil || !(seconds >= 0) {
			return 0, 0, failure.New(failure.Usage, "the timeout %s is not a number of seconds", quote(timeout))
		}
		limit = time.Duration(min(seconds, longestWait.Seconds()) * float64(time.Second))
	}
	switch wait {
	case "", "false":
		return 0, limit, nil
	case "true":
		return waitAll, limit, nil
	}
	count, err = strconv.Atoi(wait)
	if err != nil || count < 0 {
		return 0, 0, failure.New(failure.Usage, "wait %s is neither a number of deliveries nor true", quote(wait))
	}
	return count, limit, nil
}

// has reports whether count deliveries of the list are no longer pending.
func (l Listing) has(count int) bool {
	if count == waitAll {
		return !l.Pending()
	}
	for _, d := range l.Deliveries {
		if d.Status != DeliveryPending {
			count--
		}
	}
	return count <= 0
}

func deleteDeliveries(e *Emulator, r *http.Request) (any, error) {
	f, err := parseFilter(r.URL.Query())
	if err != nil {
		return nil, err
	}
	n, err := e.DeleteDeliveries(f)
	return map[string]any{"deleted": n}, err
}

func redeliver(e *Emulator, r *http.Request) (any, error) {
	id, err := strconv.ParseUint(r.PathValue("id"), 10, 64)
	if err != nil {
		return nil, errNoDelivery
	}
	return map[string]any{"redelivered": id}, e.Redeliver(id)
}
