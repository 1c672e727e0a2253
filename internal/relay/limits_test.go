package relay

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

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
	if !r.take(maxBytesInFlight) || r.take(1) {
		t.Error("the bound is not kept")
	}
	r.release(maxBytesInFlight)
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
