package ses

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// meddler is the emulator over HTTP, with somebody who interferes.
type meddler struct {
	*httptest.Server
	emulator *emulator.Emulator
}

// meddling answers a request or passes it on. The number n counts the requests of
// an action from 1.
type meddling func(action string, n int, w http.ResponseWriter, r *http.Request, next http.Handler)

func meddle(t *testing.T, with meddling) meddler {
	t.Helper()
	m := meddler{emulator: openEmulator(t, sesapi.Default())}
	var mu sync.Mutex
	counts := map[string]int{}
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		action := r.Header.Get("X-TC-Action")
		mu.Lock()
		counts[action]++
		n := counts[action]
		mu.Unlock()
		with(action, n, w, r, m.emulator)
	}))
	t.Cleanup(m.Close)
	return m
}

// direct returns a client of the same account without the interference.
func (m meddler) direct(t *testing.T) *Client {
	t.Helper()
	return newClient(t, Options{Endpoint: "http://localhost", Transport: m.emulator.Transport()})
}

// carryOut passes the request to the emulator and drops its answer.
func carryOut(r *http.Request, next http.Handler) { next.ServeHTTP(httptest.NewRecorder(), r) }
