package relay

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Readiness is the answer of /readyz.
type Readiness struct {
	Ready   bool              `json:"ready"`
	Ending  bool              `json:"ending,omitempty"`
	Engines []EngineReadiness `json:"engines"`
}

// EngineReadiness is the state of one engine.
type EngineReadiness struct {
	Engine        string  `json:"engine"`
	State         string  `json:"state"` // "up", "away", or "spooling" when events go to the spool
	SpoolEvents   int64   `json:"spool_events"`
	OldestSeconds float64 `json:"spool_oldest_seconds,omitempty"`
}

// adminServer serves /healthz, /readyz and /metrics.
func (r *relay) adminServer() *http.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", r.readyz(r.outlets))
	mux.Handle("GET /metrics", promhttp.HandlerFor(r.metrics.registry, promhttp.HandlerOpts{Registry: r.metrics.registry, MaxRequestsInFlight: 4, Timeout: 10 * time.Second}))
	return &http.Server{Handler: mux, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: 30 * time.Second, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader}
}

// readyz answers 200 while new events can be kept. Otherwise, and while the program
// is stopping, it answers 503.
func (r *relay) readyz(outlets []*outlet) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		state := Readiness{Ready: !r.ending.Load(), Ending: r.ending.Load(), Engines: []EngineReadiness{}}
		for _, o := range outlets {
			state.Ready = state.Ready && o.ready()
			state.Engines = append(state.Engines, o.readiness())
		}
		w.Header().Set("Content-Type", "application/json")
		if !state.Ready {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(state)
	}
}

func (o *outlet) readiness() EngineReadiness {
	state := EngineReadiness{Engine: o.name, State: "up"}
	if !o.up.Load() {
		state.State = "away"
	}
	if o.spool != nil {
		state.SpoolEvents, state.OldestSeconds = o.spool.pending.Load(), o.spool.age().Seconds()
		if state.SpoolEvents > 0 || !o.up.Load() && o.ready() {
			state.State = "spooling"
		}
	}
	return state
}
