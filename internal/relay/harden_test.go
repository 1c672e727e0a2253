package relay

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// writePair writes a certificate with the given serial number, and its key.
func writePair(t *testing.T, certFile, keyFile string, serial int64) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "relay"}, DNSNames: []string{"localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "EC PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func serialAt(t *testing.T, url string) int64 {
	t.Helper()
	conn, err := tls.Dial("tcp", strings.TrimPrefix(url, "https://"), &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
}

func TestTLS(t *testing.T) {
	t.Parallel()
	n := startNATS(t)
	stream := n.stream()
	folder := t.TempDir()
	cert, key := filepath.Join(folder, "tls.crt"), filepath.Join(folder, "tls.key")
	writePair(t, cert, key, 1)
	r := startRelay(t, Options{To: []EngineURL{n.url()}, TLSCert: cert, TLSKey: key})
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}}
	defer client.CloseIdleConnections()
	response, err := client.Post(r.url, "application/json", strings.NewReader(body(1)))
	if err != nil || response.StatusCode != 200 || response.ProtoMajor != 2 {
		t.Fatalf("%v, %v", response, err)
	}
	response.Body.Close()
	if len(stored(t, stream)) != 1 {
		t.Error("the event did not come")
	}
	base := strings.TrimSuffix(r.url, testPath)
	old := &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
	if conn, err := tls.Dial("tcp", strings.TrimPrefix(base, "https://"), old); err == nil {
		conn.Close()
		t.Error("TLS 1.1 is spoken")
	}
	if got := serialAt(t, base); got != 1 {
		t.Errorf("certificate %d", got)
	}
	writePair(t, cert, filepath.Join(folder, "other.key"), 2) // the key still belongs to the previous one
	time.Sleep(2 * lookEvery)
	if got := serialAt(t, base); got != 1 {
		t.Errorf("in the middle of a renewal certificate %d is served", got)
	}
	writePair(t, cert, key, 3)
	eventually(t, "the new certificate", func() bool { return serialAt(t, base) == 3 })
}

// TestThreeCopies sends events to three copies in turn, which share nothing.
func TestThreeCopies(t *testing.T) {
	t.Parallel()
	n := startNATS(t)
	stream := n.stream()
	var copies []*running
	for range 3 {
		copies = append(copies, startRelay(t, Options{To: []EngineURL{n.url()}, Spool: t.TempDir()}))
	}
	const events = 600
	var next atomic.Int64
	var senders sync.WaitGroup
	for range 8 {
		senders.Go(func() {
			for i := next.Add(1); i <= events; i = next.Add(1) {
				for again := range int64(2) { // each event goes to two copies
					if status, err := tryPost(http.DefaultClient, copies[(i+again)%3].url, body(int(i))); err != nil || status != 200 {
						t.Errorf("event %d: %d, %v", i, status, err)
					}
				}
			}
		})
	}
	eventually(t, "a third of the events", func() bool { return next.Load() > events/3 })
	n.stop()
	time.Sleep(50 * time.Millisecond)
	n.start()
	senders.Wait()
	for _, c := range copies {
		eventually(t, "the spools are empty", func() bool {
			_, text := get(t, c.metrics+"/readyz")
			return strings.Contains(text, `"state":"up","spool_events":0`)
		})
	}
	present := map[string]bool{}
	all := stored(t, stream)
	for _, m := range all {
		present[string(m.Data)] = true
	}
	if len(present) != events || len(all) != events {
		t.Errorf("%d messages, %d different, want %d", len(all), len(present), events)
	}
}

// TestIdleAndSlowClients checks that idle and slow clients do not delay other
// clients.
func TestIdleAndSlowClients(t *testing.T) {
	t.Parallel()
	n := startNATS(t)
	n.stream()
	r := startRelay(t, Options{To: []EngineURL{n.url()}})
	address := strings.TrimPrefix(strings.TrimSuffix(r.url, testPath), "http://")
	before := heap()
	var idle []net.Conn
	defer func() {
		for _, c := range idle {
			c.Close()
		}
	}()
	for i := range 1000 {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		idle = append(idle, conn)
		switch i % 4 { // the others send nothing
		case 0:
			fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\n", testPath) // the head does not end
		case 1:
			fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n{", testPath)
		}
	}
	for i := range 50 {
		if status := post(t, r.url, body(i)); status != 200 {
			t.Fatalf("among idle clients: answered %d", status)
		}
	}
	if grown := heap() - before; grown > 100<<20 {
		t.Errorf("a thousand clients take %d MiB", grown>>20)
	}
	// A client whose body was too slow gets an answer, and is disconnected.
	_ = idle[1].SetReadDeadline(time.Now().Add(2 * time.Minute))
	answer, err := io.ReadAll(idle[1])
	if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 408 ") {
		t.Errorf("the slow client got %q, %v", answer, err)
	}
}

// TestBytesAreBounded checks that a request is refused if too many bytes are in
// flight, and accepted when the bytes are released.
func TestBytesAreBounded(t *testing.T) {
	t.Parallel()
	r := &receiver{places: make(chan struct{}, 10), wait: time.Millisecond}
	if !r.take(underwayBytes) || r.take(1) {
		t.Error("the bound is not kept")
	}
	r.release(underwayBytes)
	for range 10 {
		if !r.take(1) {
			t.Fatal("there is room")
		}
	}
	if r.take(1) {
		t.Error("there is no place")
	}
	if got := r.bytes.Load(); got != 10 {
		t.Errorf("%d bytes in flight", got)
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestConnectionsAreBounded(t *testing.T) {
	t.Parallel()
	n := startNATS(t)
	n.stream()
	r := startRelay(t, Options{To: []EngineURL{n.url()}, MaxConnections: 2})
	address := strings.TrimPrefix(strings.TrimSuffix(r.url, testPath), "http://")
	var held []net.Conn
	for range 2 {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, conn)
	}
	answered := make(chan int, 1)
	go func() {
		status, _ := tryPost(&http.Client{Transport: &http.Transport{}}, r.url, body(1))
		answered <- status
	}()
	select {
	case status := <-answered:
		t.Errorf("a third client was answered %d", status)
	case <-time.After(200 * time.Millisecond):
	}
	held[0].Close()
	if status := <-answered; status != 200 {
		t.Errorf("once there was room: answered %d", status)
	}
	held[1].Close()
}

// TestLargeBodyIsReadOn checks that a client gets its answer even if it writes a
// large body in full before it reads.
func TestLargeBodyIsReadOn(t *testing.T) {
	t.Parallel()
	n := startNATS(t)
	n.stream()
	r := startRelay(t, Options{To: []EngineURL{n.url()}})
	conn, err := net.Dial("tcp", strings.TrimPrefix(strings.TrimSuffix(r.url, testPath), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const size = 6 << 20
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", testPath, size)
	if _, err := conn.Write(bytes.Repeat([]byte("x"), size)); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "HTTP/1.1 413 ") {
		t.Errorf("%q, %v", line, err)
	}
	header := http.Header{"X-Large": {strings.Repeat("x", 200<<10)}}
	request, _ := http.NewRequest(http.MethodPost, r.url, strings.NewReader(body(1)))
	request.Header = header
	if response, err := http.DefaultClient.Do(request); err == nil {
		if response.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("a large header: answered %d", response.StatusCode)
		}
		response.Body.Close()
	}
}

// TestGzip checks that a body in gzip is decoded for its attributes, and published
// unchanged.
func TestGzip(t *testing.T) {
	t.Parallel()
	n := startNATS(t)
	stream := n.stream()
	r := startRelay(t, Options{To: []EngineURL{n.url()}})
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write([]byte(body(1)))
	w.Close()
	for _, c := range []struct {
		encoding, body string
		want           int
	}{
		{"gzip", packed.String(), 200}, {"gzip", "not gzip", 400}, {"br", packed.String(), 400}, {"identity", body(2), 200},
		{"gzip", bomb(), 400}, {"gzip", body(3), 200}, {"br", body(4), 200}, {"", packed.String(), 200}, {"gzip", packed.String()[:packed.Len()-8], 200},
	} {
		request, _ := http.NewRequest(http.MethodPost, r.url, strings.NewReader(c.body))
		request.Header.Set("Content-Encoding", c.encoding)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != c.want {
			t.Errorf("%s: answered %d, want %d", c.encoding, response.StatusCode, c.want)
		}
	}
	if m, err := newMessage([]byte(body(3)), "", "gzip"); err != nil || m.encoding != "" {
		t.Errorf("a wrong header is published: %q, %v", m.encoding, err)
	}
	first := stored(t, stream)[0]
	if string(first.Data) != packed.String() || first.Header["content-encoding"][0] != "gzip" || first.Header["ce-id"][0] != contentID([]byte(body(1))) {
		t.Errorf("published: %v", first.Header)
	}
}

// bomb returns a small body that decompresses to a large one.
func bomb() string {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	for range 64 {
		_, _ = w.Write(make([]byte, 1<<20))
	}
	w.Close()
	return packed.String()
}

// TestEndDrains checks that events in flight are answered when the program must stop,
// and that no new events are accepted.
func TestEndDrains(t *testing.T) {
	t.Parallel()
	n := startNATS(t)
	stream := n.stream()
	r := startRelay(t, Options{To: []EngineURL{n.url()}})
	var confirmed atomic.Int64
	var senders sync.WaitGroup
	for sender := range 8 {
		senders.Go(func() {
			client := &http.Client{Transport: &http.Transport{}}
			for i := 0; ; i++ {
				status, err := tryPost(client, r.url, body(sender*1_000_000+i))
				if err != nil {
					return
				}
				if status == 200 {
					confirmed.Add(1)
				}
			}
		})
	}
	eventually(t, "events", func() bool { return confirmed.Load() > 200 })
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	senders.Wait()
	if got := int64(len(stored(t, stream))); got < confirmed.Load() {
		t.Errorf("%d were answered 200, %d are in the stream", confirmed.Load(), got)
	}
}

// TestDiskFull checks that a full disk is answered 503, and that the next run has
// every event that was answered 200.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("there is no limit of the size of files")
	}
	folder, port := t.TempDir(), freePort(t) // no server listens on it
	c := newChild(t, "full", folder, port)
	t.Cleanup(c.kill)
	c.start()
	var taken []string
	refused := 0
	for i := 0; refused < 20 && i < 5000; i++ {
		event := fmt.Sprintf(`{"event":"open","email":"%d@example.com","x":"%s"}`, i, strings.Repeat("x", 150<<10*(i%2)))
		switch status := post(t, "http://"+c.address(0)+testPath, event); status {
		case 200:
			taken = append(taken, event)
		case 503:
			refused++
		default:
			t.Fatalf("answered %d", status)
		}
	}
	if refused == 0 || len(taken) == 0 {
		t.Fatalf("%d taken, %d refused", len(taken), refused)
	}
	c.kill()
	n := startNATS(t)
	stream := n.stream()
	startRelay(t, Options{To: []EngineURL{n.url()}, Spool: folder})
	present := map[string]bool{}
	eventually(t, "what was taken", func() bool {
		for _, m := range stored(t, stream) {
			present[string(m.Data)] = true
		}
		return len(present) >= len(taken)
	})
	for _, event := range taken {
		if !present[event] {
			t.Errorf("%.60s was answered 200, and is lost", event)
		}
	}
}
