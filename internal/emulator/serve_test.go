package emulator_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// wire returns the bytes of a request with the given Host header, as a client sends
// them.
func wire(s signed, host string) string {
	r := s.request()
	var out strings.Builder
	fmt.Fprintf(&out, "POST / HTTP/1.1\r\nHost: %s\r\n", host)
	for name, values := range r.Header {
		fmt.Fprintf(&out, "%s: %s\r\n", strings.ToLower(name), values[0])
	}
	fmt.Fprintf(&out, "Content-Length: %d\r\n\r\n%s", len(s.body), s.body)
	return out.String()
}

type rawClient struct {
	net.Conn
	*bufio.Reader
}

func dial(t *testing.T, address string) rawClient {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	return rawClient{conn, bufio.NewReader(conn)}
}

func (c rawClient) send(t *testing.T, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if _, err := io.WriteString(c.Conn, part); err != nil {
			t.Fatal(err)
		}
	}
}

func (c rawClient) answer(t *testing.T) answer {
	t.Helper()
	response, err := http.ReadResponse(c.Reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	return readAnswer(t, response)
}

// TestHostHeaderOfTheCommandLineTool covers Tencent's command-line tool. Over plain
// HTTP it sends and signs a Host header that begins with "http://".
func TestHostHeaderOfTheCommandLineTool(t *testing.T) {
	t.Parallel()
	address := start(t, open(t, emulator.Options{}))
	from := func(action, body string) string {
		s := newSigned(action, body)
		s.host, s.signHost = address, "http://"+address
		return wire(s, "http://"+address)
	}
	list := from("ListEmailAddress", "{}")
	set := from("UpdateWebhookUrl", `{"Url":"`+url1+`"}`)
	check := func(t *testing.T, c rawClient) {
		t.Helper()
		if got := c.answer(t); got.code != "" {
			t.Fatalf("%s: %s", got.code, got.message)
		}
	}
	t.Run("kept alive", func(t *testing.T) {
		t.Parallel()
		c := dial(t, address)
		for range 3 {
			c.send(t, list)
			check(t, c)
			c.send(t, set)
			check(t, c)
		}
	})
	t.Run("in small packets", func(t *testing.T) {
		t.Parallel()
		c := dial(t, address)
		for range 2 {
			c.send(t, strings.Split(set, "")...)
			check(t, c)
		}
	})
	t.Run("pipelined", func(t *testing.T) {
		t.Parallel()
		c := dial(t, address)
		c.send(t, set+list+set)
		for range 3 {
			check(t, c)
		}
	})
	t.Run("closed after it", func(t *testing.T) {
		t.Parallel()
		c := dial(t, address)
		c.send(t, strings.Replace(list, "\r\n", "\r\nConnection: close\r\n", 1))
		check(t, c)
		if _, err := c.ReadByte(); !errors.Is(err, io.EOF) {
			t.Errorf("after the answer: %v", err)
		}
	})
}

// TestRequestOfThePythonSDK covers the Python SDK. It writes JSON with spaces and
// escapes, and signs the host with its port. Its HTTP library does not change the
// case of header names.
func TestRequestOfThePythonSDK(t *testing.T) {
	t.Parallel()
	e := open(t, emulator.Options{})
	address := start(t, e)
	s := newSigned("CreateEmailAddress", `{"EmailAddress": "py@mail.example.com", "EmailSenderName": "L\u00e4den \u672a"}`)
	s.signHost = address
	r := s.request()
	c := dial(t, address)
	c.send(t, "POST / HTTP/1.1\r\nHost: "+address+"\r\nUser-Agent: python-requests/2.32.3\r\nAccept-Encoding: gzip, deflate\r\n"+
		"Accept: */*\r\nConnection: keep-alive\r\nContent-Type: application/json\r\nX-TC-Action: CreateEmailAddress\r\n"+
		"X-TC-RequestClient: SDK_PYTHON_3.0.1\r\nX-TC-Timestamp: "+s.stamp+"\r\nX-TC-Version: 2020-10-02\r\nX-TC-Region: ap-guangzhou\r\n"+
		"X-TC-Language: en-US\r\nAuthorization: "+r.Header.Get("Authorization")+
		fmt.Sprintf("\r\nContent-Length: %d\r\n\r\n", len(s.body)), s.body)
	if got := c.answer(t); got.code != "" {
		t.Fatalf("%s: %s", got.code, got.message)
	}
	listed := fmt.Sprint(must(t, e, "ListEmailAddress", "{}"))
	if !strings.Contains(listed, "Läden 未") {
		t.Errorf("senders: %s", listed)
	}
}

func TestWrongHostHeaders(t *testing.T) {
	t.Parallel()
	e := open(t, emulator.Options{})
	address := start(t, e)
	tests := map[string]struct {
		host   string
		status int
	}{
		"https":       {"https://" + address, http.StatusBadRequest},
		"a path":      {address + "/path", http.StatusBadRequest},
		"twice":       {"http://http://" + address, http.StatusBadRequest},
		"spaces":      {"127 0 0 1", http.StatusBadRequest},
		"another one": {"http://example.com", http.StatusOK},
		"scheme only": {"http://", http.StatusOK}, // an empty Host header is legal
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := dial(t, address)
			s := newSigned("ListEmailAddress", "{}")
			s.signHost = address
			c.send(t, wire(s, test.host))
			response, err := http.ReadResponse(c.Reader, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = response.Body.Close() }()
			if response.StatusCode != test.status {
				t.Fatalf("status %d, want %d", response.StatusCode, test.status)
			}
			if test.status == http.StatusOK {
				if got := readAnswer(t, response); got.code != sesapi.CodeSignatureFailure {
					t.Errorf("signed for another host: %q", got.code)
				}
			}
		})
	}
}

func TestServeStops(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	begun, finish := make(chan struct{}), make(chan struct{})
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(begun)
		<-finish
		_, _ = io.WriteString(w, "done")
	})
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- emulator.Serve(ctx, l, h) }()
	body := make(chan string, 1)
	go func() {
		response, err := http.Post("http://"+l.Addr().String(), "text/plain", nil)
		if err != nil {
			body <- err.Error()
			return
		}
		defer func() { _ = response.Body.Close() }()
		text, _ := io.ReadAll(response.Body)
		body <- string(text)
	}()
	<-begun
	stop()
	close(finish)
	if got := <-body; got != "done" {
		t.Errorf("the request that was being served: %q", got)
	}
	if err := <-served; err != nil {
		t.Errorf("stopping: %v", err)
	}
	if _, err := net.Dial("tcp", l.Addr().String()); err == nil {
		t.Error("it still listens")
	}
}

func TestServeOnAClosedListener(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	if err := emulator.Serve(t.Context(), l, http.NotFoundHandler()); err == nil || !strings.Contains(err.Error(), l.Addr().String()) {
		t.Errorf("error %v", err)
	}
}

// TestPlainHTTPWhereTLSIsServed checks that a client that speaks HTTP to an emulator that
// serves HTTPS gets a reason.
func TestPlainHTTPWhereTLSIsServed(t *testing.T) {
	t.Parallel()
	config, _, err := emulator.NewCertificate(nil, time.Now())
	check(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- emulator.Serve(ctx, tls.NewListener(listener, config), open(t, emulator.Options{})) }()
	response, err := http.Post("http://"+listener.Addr().String(), "application/json", strings.NewReader(strings.Repeat("x", 10_000)))
	check(t, err)
	body, _ := io.ReadAll(response.Body)
	response.Body.Close()
	if response.StatusCode != http.StatusBadRequest || string(body) != "The emulator speaks HTTPS here, not HTTP.\n" {
		t.Errorf("%d %q", response.StatusCode, body)
	}
	stop()
	check(t, <-served)
}
