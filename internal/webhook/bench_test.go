package webhook

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/sesctl/sesctl/pkg/callback"
	"github.com/sesctl/sesctl/pkg/event"
)

const connections = 64

func sampleBody(b *testing.B) []byte {
	b.Helper()
	e, err := event.Sample(event.Bounce)
	if err != nil {
		b.Fatal(err)
	}
	body, err := event.Encode(e)
	if err != nil {
		b.Fatal(err)
	}
	return body
}

// load POSTs b.N bodies over a number of connections: the bare loop of the
// standard client.
func load(b *testing.B, url string, body []byte) {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	var running sync.WaitGroup
	jobs := make(chan struct{}, connections)
	b.ResetTimer()
	for range connections {
		running.Go(func() {
			for range jobs {
				response, err := client.Post(url, "application/json", bytes.NewReader(body))
				if err != nil {
					b.Error(err)
					continue
				}
				_, _ = io.Copy(io.Discard, response.Body)
				response.Body.Close()
				if response.StatusCode != http.StatusOK {
					b.Errorf("status %d", response.StatusCode)
				}
			}
		})
	}
	for range b.N {
		jobs <- struct{}{}
	}
	close(jobs)
	running.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// bare reads and parses the body, as any receiver does.
func bare(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var parsed map[string]any
	if err != nil || json.Unmarshal(body, &parsed) != nil {
		w.WriteHeader(http.StatusBadRequest)
	}
}

func BenchmarkReceiveBare(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(bare))
	defer server.Close()
	load(b, server.URL, sampleBody(b))
}

func benchmarkReceive(b *testing.B, options ReceiverOptions) {
	b.Helper()
	receiver := NewReceiver(options)
	defer receiver.Close()
	server := httptest.NewServer(receiver)
	defer server.Close()
	load(b, server.URL, sampleBody(b))
}

func BenchmarkReceive(b *testing.B) {
	benchmarkReceive(b, ReceiverOptions{OnEvent: func(Received) {}})
}

func BenchmarkReceiveSave(b *testing.B) {
	archive, err := OpenArchive(filepath.Join(b.TempDir(), "events.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	defer archive.Close()
	benchmarkReceive(b, ReceiverOptions{OnEvent: func(Received) {}, Archive: archive})
}

// BenchmarkReceiveMemory calls the handler without a network, so that the memory
// belongs to the receiver: the metric must not grow with b.N.
func BenchmarkReceiveMemory(b *testing.B) {
	receiver := NewReceiver(ReceiverOptions{OnEvent: func(Received) {}})
	defer receiver.Close()
	body := sampleBody(b)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for b.Loop() {
		receiver.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body)))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric((float64(after.HeapAlloc)-float64(before.HeapAlloc))/1024, "KiB-kept")
}

func BenchmarkSendBare(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(bare))
	defer server.Close()
	load(b, server.URL, sampleBody(b))
}

func BenchmarkSend(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(bare))
	defer server.Close()
	sender := &Sender{Concurrency: connections}
	list := []Message{{Body: sampleBody(b)}}
	b.ResetTimer()
	got, err := sender.Send(b.Context(), server.URL, Repeat(list, b.N), func(Outcome) {})
	b.StopTimer()
	if err != nil || got.Failed != 0 {
		b.Errorf("%+v, %v", got, err)
	}
	b.ReportMetric(got.Rate, "events/s")
}

// BenchmarkCheckAll checks 200 callbacks at a server on loopback.
func BenchmarkCheckAll(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(bare))
	defer server.Close()
	urls := make([]callback.URL, 200)
	for i := range urls {
		urls[i] = callback.NewURL(server.URL)
	}
	checker := &Checker{AllowPrivate: true, Network: Network{Dial: new(net.Dialer).DialContext}}
	for b.Loop() {
		for _, report := range checker.CheckAll(b.Context(), urls, nil) {
			if report.Status != OK {
				b.Fatalf("%+v", report.Steps)
			}
		}
	}
}
