package event_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/pkg/event"
)

func compressed(t *testing.T, encoding, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	var w io.WriteCloser
	switch encoding {
	case "gzip":
		w = gzip.NewWriter(&out)
	case "zlib":
		w = zlib.NewWriter(&out)
	case "flate":
		w, _ = flate.NewWriter(&out, flate.BestSpeed)
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestHandlerDecompresses(t *testing.T) {
	t.Parallel()
	const open = `{"event":"open"}`
	zipped := compressed(t, "gzip", open)
	tests := []struct {
		name, encoding string
		body           []byte
		want           int
	}{
		{"gzip", "gzip", zipped, 200},
		{"gzip, in capitals", "GZIP", zipped, 200},
		{"gzip without the header", "", zipped, 200},
		{"deflate", "deflate", compressed(t, "zlib", open), 200},
		{"deflate without the header of zlib", "deflate", compressed(t, "flate", open), 200},
		{"two layers", "deflate, gzip", compressed(t, "gzip", string(compressed(t, "zlib", open))), 200},
		{"identity", "identity", []byte(open), 200},
		{"not gzip, but an event", "gzip", []byte(open), 200},
		{"not deflate, but an event", "deflate", []byte(open), 200},
		{"neither gzip nor an event", "gzip", []byte("event=open"), 400},
		{"without the end of gzip", "gzip", zipped[:len(zipped)-8], 200},
		{"with more behind the end of gzip", "gzip", append(bytes.Clone(zipped), "xx"...), 200},
		{"cut", "gzip", zipped[:len(zipped)-20], 400},
		{"zlib without the header", "", compressed(t, "zlib", open), 200},
		{"two layers, one in the header", "gzip", compressed(t, "gzip", string(zipped)), 200},
		{"another encoding, but an event", "br", []byte(open), 200},
		{"no encoding at all", "utf-8", []byte(open), 200},
		{"not an event", "gzip", compressed(t, "gzip", "[]"), 400},
		{"another encoding", "br", []byte("\x0b\x02\x80{}\x03"), 415},
		{"too many layers", "gzip,gzip,gzip,gzip", zipped, 415},
		{"too large when it is decompressed", "gzip", compressed(t, "gzip", open+strings.Repeat(" ", event.DefaultMaxBody)), 413},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			calls := 0
			h := event.NewHandler(func(context.Context, event.Event) error { calls++; return nil }, event.HandlerOptions{})
			w := httptest.NewRecorder()
			r := httptest.NewRequest("POST", "/", bytes.NewReader(test.body))
			r.Header.Set("Content-Encoding", test.encoding)
			h.ServeHTTP(w, r)
			if w.Code != test.want || calls != 0 != (test.want == 200) {
				t.Errorf("answered %d %s, %d calls", w.Code, w.Body, calls)
			}
			if offered := w.Header().Get("Accept-Encoding") != ""; offered != (test.want == 415) {
				t.Errorf("Accept-Encoding: %q", w.Header().Get("Accept-Encoding"))
			}
		})
	}
}

// A client that writes its whole body before it reads learns that it is too large.
func TestHandlerReadsOn(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(event.NewHandler(func(context.Context, event.Event) error { return nil }, event.HandlerOptions{}))
	defer server.Close()
	for _, head := range []string{"Content-Length: 20000000\r\n", "Transfer-Encoding: chunked\r\n"} {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\n%s\r\n", head)
		for chunk := strings.Repeat("x", 1e6); len(chunk) > 0; chunk = chunk[1e6:] {
			for range 20 {
				if strings.HasPrefix(head, "T") {
					fmt.Fprintf(conn, "%x\r\n%s\r\n", len(chunk), chunk)
				} else if _, err := io.WriteString(conn, chunk); err != nil {
					t.Fatalf("the body cannot be written: %v", err)
				}
			}
		}
		if strings.HasPrefix(head, "T") {
			fmt.Fprint(conn, "0\r\n\r\n")
		}
		answer := make([]byte, 100)
		n, err := conn.Read(answer)
		if err != nil || !strings.HasPrefix(string(answer[:n]), "HTTP/1.1 413 ") {
			t.Errorf("answered %q, %v", answer[:n], err)
		}
	}
}

func TestReadBody(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest("POST", "/", strings.NewReader("12345678"))
	body, err := event.ReadBody(r, 5)
	var tooLarge *http.MaxBytesError
	if !errors.As(err, &tooLarge) || string(body) != "12345" {
		t.Errorf("got %q, %v", body, err)
	}
	if rest, _ := io.ReadAll(r.Body); len(rest) != 0 {
		t.Errorf("%q is left", rest)
	}

	// A client that asks first is answered at once, and its body is not read.
	r = httptest.NewRequest("POST", "/", strings.NewReader("12345678"))
	r.Header.Set("Expect", "100-continue")
	if _, err := event.ReadBody(r, 5); !errors.As(err, &tooLarge) {
		t.Errorf("got %v", err)
	}
	if rest, _ := io.ReadAll(r.Body); string(rest) != "12345678" {
		t.Errorf("only %q is left", rest)
	}
}
