package emulator_test

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/sesctl/sesctl/internal/emulator"
)

// BenchmarkLargeState measures the size of a state file with 100,000 messages, and
// the time to open it.
func BenchmarkLargeState(b *testing.B) {
	const messages = 100_000
	path := filepath.Join(b.TempDir(), "state.db")
	e := open(b, emulator.Options{StateFile: path, Deliveries: emulator.DeliveryOptions{Transport: &sink{}, MaxPending: 1 << 30, MaxPendingBytes: 1 << 40}})
	must(b, e, "UpdateWebhookUrl", `{"Url":"`+hook+`"}`)
	var all sync.WaitGroup
	for worker := range 64 {
		all.Go(func() {
			for i := worker; i < messages; i += 64 {
				rawCall(e, "SendEmail", mail(news, fmt.Sprintf("recipient-%d@customer-%d.example.com", i, i%50)))
			}
		})
	}
	all.Wait()
	settle(b, e)
	if err := e.Close(); err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		again := open(b, emulator.Options{StateFile: path})
		must(b, again, "GetSendEmailStatus", `{"RequestDate":"2026-03-04","Offset":0,"Limit":100}`)
		if err := again.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(info.Size())/(1<<20), "MiB")
}

// BenchmarkSendToDelivered measures emails from SendEmail to the accepted event, with
// 64 emails in flight.
func BenchmarkSendToDelivered(b *testing.B) {
	for name, path := range map[string]string{"memory": "", "file": filepath.Join(b.TempDir(), "state.db")} {
		b.Run(name, func(b *testing.B) {
			e := open(b, emulator.Options{StateFile: path, Deliveries: emulator.DeliveryOptions{Transport: &sink{}}})
			must(b, e, "UpdateWebhookUrl", `{"Url":"`+hook+`"}`)
			b.SetParallelism(32)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					rawCall(e, "SendEmail", mail(news, "a@x.com"))
				}
			})
			settle(b, e)
		})
	}
}
