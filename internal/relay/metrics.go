package relay

import (
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/sesctl/sesctl/pkg/event"
)

// metrics has the metrics that /metrics shows. Their names begin with sesctl_relay_.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec // by event type and answer
	seconds  prometheus.Histogram
	inFlight prometheus.Gauge

	published, duplicates, failed, refused, spooled *prometheus.CounterVec // by engine
	publishSeconds                                  *prometheus.HistogramVec
}

// outletMetrics are the metrics of one engine.
type outletMetrics struct {
	published, duplicates, failed, refused, spooled prometheus.Counter
	seconds                                         prometheus.Observer
}

const namespace = "sesctl_relay"

func newMetrics() *metrics {
	m := &metrics{registry: prometheus.NewRegistry()}
	buckets := []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
	m.requests = prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: "requests_total",
		Help: "Requests by the type of their event and the status of the answer. The type is \"other\" when it is not documented, and \"none\" when the request was not an event."}, []string{"type", "answer"})
	m.seconds = prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: namespace, Name: "request_seconds",
		Help: "Time from the head of an event's request to its answer.", Buckets: buckets})
	m.inFlight = prometheus.NewGauge(prometheus.GaugeOpts{Namespace: namespace, Name: "requests_in_flight",
		Help: "Events that were read and are not answered."})
	counter := func(name, help string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, []string{"engine"})
		m.registry.MustRegister(c)
		return c
	}
	m.published = counter("published_total", "Events that the engine acknowledged.")
	m.duplicates = counter("duplicates_total", "Acknowledged events that the engine already had, and dropped.")
	m.failed = counter("publish_failures_total", "Attempts to keep an event that failed.")
	m.refused = counter("refused_total", "Events that the engine will never accept.")
	m.spooled = counter("spooled_total", "Events that went to the spool.")
	m.publishSeconds = prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: namespace, Name: "publish_seconds",
		Help: "Time until the engine acknowledged an event.", Buckets: buckets}, []string{"engine"})
	m.registry.MustRegister(m.requests, m.seconds, m.inFlight, m.publishSeconds,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) outlet(name string) *outletMetrics {
	return &outletMetrics{
		published: m.published.WithLabelValues(name), duplicates: m.duplicates.WithLabelValues(name), failed: m.failed.WithLabelValues(name),
		refused: m.refused.WithLabelValues(name), spooled: m.spooled.WithLabelValues(name), seconds: m.publishSeconds.WithLabelValues(name),
	}
}

// watch adds the gauges of an outlet, whose values are read for each request.
func (m *metrics) watch(o *outlet) error {
	gauge := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help,
			ConstLabels: prometheus.Labels{"engine": o.name}}, value)
	}
	gauges := []prometheus.Collector{gauge("engine_up", "Whether the engine accepts events: 1 or 0.", func() float64 {
		if o.up.Load() {
			return 1
		}
		return 0
	})}
	if s := o.spool; s != nil {
		gauges = append(gauges,
			gauge("spool_events", "Events in the spool.", func() float64 { return float64(s.pending.Load()) }),
			gauge("spool_oldest_seconds", "Age of the oldest event in the spool.", func() float64 { return s.age().Seconds() }))
	}
	var errs []error
	for _, g := range gauges {
		errs = append(errs, m.registry.Register(g))
	}
	return errors.Join(errs...)
}

// age returns how long the first message of the spool has been waiting.
func (s *spool) age() time.Duration {
	if since := s.oldest.Load(); since != 0 && s.pending.Load() > 0 {
		return s.now().Sub(time.Unix(0, since))
	}
	return 0
}

// watchBudget adds the size of all spools.
func (m *metrics) watchBudget(b *budget) error {
	return errors.Join(
		m.registry.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: namespace, Name: "spool_bytes",
			Help: "Bytes that the spool uses on disk."}, func() float64 { return float64(b.used.Load()) })),
		m.registry.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: namespace, Name: "spool_max_bytes",
			Help: "Bytes that the spool may use on disk."}, func() float64 { return float64(b.most) })))
}

// watchCertificate adds the time when the certificate expires.
func (m *metrics) watchCertificate(c *certificates) error {
	return m.registry.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: namespace, Name: "certificate_expiry_seconds",
		Help: "When the certificate expires, in seconds since 1970."}, func() float64 { return float64(c.expiry().Unix()) }))
}

// typeLabel returns the label for an event type. It limits the number of labels,
// because anybody who knows the URL can send any type.
func typeLabel(t event.Type) string {
	switch t {
	case "":
		return "none"
	case event.Delivered, event.Dropped, event.Bounce, event.Open, event.Click, event.SpamReport, event.Unsubscribe, event.Deferred, event.Processed:
		return string(t)
	}
	return "other"
}
