package emulator_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/emulator"
)

// TestHostileRequests checks that unsigned requests do not stop the server, and leave
// no goroutine behind. It runs alone, because other tests start goroutines too.
func TestHostileRequests(t *testing.T) {
	e := open(t, emulator.Options{Now: time.Now})
	address := start(t, e)
	requests := []string{
		"POST / HTTP/1.0\r\nHost: http://x\r\nConnection: keep-alive\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n",
		"POST / HTTP/1.1\r\nHost: http://x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n",
		"POST / HTTP/1.1\r\nHost: http://x\r\nTransfer-Encoding: chunked\r\n\r\n7ffffffffffffffe\r\nx",
		"POST / HTTP/1.1\r\nHost: http://x\r\nContent-Length: 9223372036854775807\r\n\r\nx",
		"POST / HTTP/1.1\r\nHost: http://x\r\nContent-Length: -1\r\n\r\nx",
		"GET / HTTP/1.0\r\nHost: http://\r\n\r\n",
		"GET http://x/ HTTP/1.1\r\nHost: http://http://x\r\n\r\n",
		"\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: http://x\r\nHost: http://y\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: http://x\r\n\tfolded: y\r\n\r\n",
		strings.Repeat("A", 70<<10),
		"GET / HTTP/1.1\r\nHost: http://x\r\n" + strings.Repeat("X: y\r\n", 20000) + "\r\n",
		"GET /emulator/deliveries?wait=true HTTP/1.1\r\nHost: http://x\r\nContent-Length: 0\r\n\r\n",
		"\x16\x03\x01\x02\x00\x01\x00",
	}
	send := func(request string) {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(conn, request)
		_ = conn.(*net.TCPConn).CloseWrite()
		_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
		_, _ = io.Copy(io.Discard, conn)
		_ = conn.Close()
	}
	attack := func() {
		var sent sync.WaitGroup
		for _, request := range requests {
			sent.Go(func() { send(request) })
		}
		sent.Wait()
	}
	attack()
	before := runtime.NumGoroutine()
	for range 5 {
		attack()
	}
	response, err := http.Get("http://" + address + "/emulator/faults")
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("the server after the attacks: %v", err)
	}
	_ = response.Body.Close()
	// The connection of the last request may have goroutines too. A leak has one for
	// each attack.
	for range 100 {
		if runtime.NumGoroutine() < before+5 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("%d goroutines, before %d", runtime.NumGoroutine(), before)
}

// TestHangingCallbackTakesLittleMemory checks that large emails for a callback that
// hangs are not kept in memory. It runs alone, because other tests use memory too.
func TestHangingCallbackTakesLittleMemory(t *testing.T) {
	c := &receiver{answer: hangs}
	e := open(t, emulator.Options{StateFile: filepath.Join(t.TempDir(), "state.db"), Deliveries: emulator.DeliveryOptions{Transport: c, Grace: time.Millisecond}})
	must(t, e, "UpdateWebhookUrl", `{"Url":"`+hook+`"}`)
	to := strings.Repeat(`open+click@x.com","`, 49) + "open+click@x.com"
	headers := `X-Tencentcloudses-Cb-Large: ` + strings.Repeat("x", 15<<10)
	body := strings.Replace(mail(news, to), `"Subject":"s"`, `"Subject":"s","SmtpHeaders":"`+headers+`"`, 1)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range 200 {
		must(t, e, "SendEmail", body)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if more := int64(after.HeapInuse) - int64(before.HeapInuse); more > 128<<20 {
		t.Errorf("200 emails with 30,000 events of 15 KiB take %d MiB", more>>20)
	}
}

// TestRequestsOverTheLimit checks that a too large request is refused before it is
// read into memory.
func TestRequestsOverTheLimit(t *testing.T) {
	t.Parallel()
	e := open(t, emulator.Options{})
	s := newSigned("SendEmail", strings.Replace(mail(news, "a@x.com"), `"s"`, `"`+strings.Repeat("s", 8<<20)+`"`, 1))
	w := httptest.NewRecorder()
	e.ServeHTTP(w, s.request())
	if !strings.Contains(w.Body.String(), "RequestSizeLimitExceeded") {
		t.Errorf("%.200s", w.Body)
	}
}
