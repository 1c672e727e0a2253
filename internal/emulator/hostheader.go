package emulator

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
)

// repairingListener accepts connections, and repairs the Host headers of their
// requests.
type repairingListener struct{ net.Listener }

func (l repairingListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &repairingConn{Conn: conn}, nil
}

// repairingConn removes "http://" and the last slash from the Host headers of the requests
// that are read from a connection. It changes only complete heads. It can find the next head
// only if the request is HTTP/1.1 and its body has one given length. Any other
// repaired request becomes the last one of its connection. After a head that needs no
// repair, all bytes are passed through unread.
type repairingConn struct {
	net.Conn
	in      []byte // bytes that were read but not checked yet: at most a head and one read
	looked  int    // number of bytes of in that were searched for the end of a head
	out     []byte // bytes to return from Read
	left    uint64 // bytes of the body that come before the next head
	passing bool   // everything is passed through, to the end of the connection
}

const readSize = 4 << 10

func (c *repairingConn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(c.out) == 0 {
		if c.advance() {
			continue
		}
		if c.passing {
			return c.Conn.Read(p)
		}
		buffer := make([]byte, readSize)
		n, err := c.Conn.Read(buffer)
		c.in = append(c.in, buffer[:n]...)
		switch {
		case err == nil || n > 0: // the next read returns the error again
		case errors.Is(err, io.EOF) && len(c.in) > 0:
			c.passing = true // the head is incomplete
		default:
			answerPlainHTTP(err)
			return 0, err // after a deadline the next read continues from here
		}
	}
	n := copy(p, c.out)
	c.out = c.out[n:]
	return n, nil
}

// answerPlainHTTP answers a client that speaks HTTP to a listener that speaks TLS, as
// package net/http does for connections that it knows to be TLS.
func answerPlainHTTP(err error) {
	var refused tls.RecordHeaderError
	if errors.As(err, &refused) && refused.Conn != nil && isLetter(refused.RecordHeader[0]) {
		body := strings.NewReader("The emulator speaks HTTPS here, not HTTP.\n")
		answer := http.Response{StatusCode: http.StatusBadRequest, ProtoMajor: 1, ProtoMinor: 1, ContentLength: body.Size(), Body: io.NopCloser(body), Close: true}
		_ = answer.Write(refused.Conn)
	}
}

// advance moves what it can from in to out, and reports whether it did.
func (c *repairingConn) advance() bool {
	if len(c.in) == 0 {
		return false
	}
	if c.passing {
		return c.hand(len(c.in))
	}
	if c.left > 0 { // of a body
		n := min(c.left, uint64(len(c.in)))
		c.left -= n
		return c.hand(int(n))
	}
	if blank := len(c.in) - len(bytes.TrimLeft(c.in, "\r\n")); blank > 0 {
		return c.hand(blank) // a server ignores empty lines before a request (RFC 9112, 2.2)
	}
	end := headEnd(c.in, max(c.looked-len("\n\r\n"), 0))
	c.looked = len(c.in)
	switch {
	case !isLetter(c.in[0]) || end > maxHeaderBytes || end == 0 && len(c.in) > maxHeaderBytes:
		c.passing = true // not HTTP, or too long: the server answers with an error
		return true
	case end == 0:
		return false // the rest of the head has not arrived yet
	}
	c.looked = 0
	head, repaired := repairHead(c.in[:end])
	c.in = c.in[end:]
	c.out = head
	length, framed := bodyLength(head)
	switch {
	case !repaired:
		c.passing = true // the connection of a client that needs no repair
	case framed:
		c.left = length
	default:
		c.passing = true
		c.out = lastRequest(head)
	}
	return true
}

func isLetter(b byte) bool { return 'A' <= b && b <= 'Z' || 'a' <= b && b <= 'z' }

func (c *repairingConn) hand(n int) bool {
	c.out, c.in = c.in[:n:n], c.in[n:]
	return n > 0
}

// headEnd returns the length of a head, including its empty line, or 0 if the head is
// not complete. The empty line is searched from at.
func headEnd(b []byte, at int) int {
	for {
		i := bytes.IndexByte(b[at:], '\n')
		if i < 0 {
			return 0
		}
		at += i + 1
		switch {
		case bytes.HasPrefix(b[at:], []byte("\n")):
			return at + 1
		case bytes.HasPrefix(b[at:], []byte("\r\n")):
			return at + 2
		}
	}
}

// repairHead removes the "http://" at the beginning of Host headers, and the slash at
// their end. It reports whether there was any.
func repairHead(head []byte) (out []byte, repaired bool) {
	out = make([]byte, 0, len(head))
	for line := range bytes.Lines(head) {
		name, value := cutField(line)
		host := bareHost(value)
		if !strings.EqualFold(name, "Host") || host == value {
			out = append(out, line...)
			continue
		}
		repaired = true
		out = append(out, name+": "+host+"\r\n"...)
	}
	return out, repaired
}

// bareHost returns the host of a Host header whose value is a configured endpoint:
// several SDKs send the endpoint as it is.
func bareHost(value string) string {
	const scheme = "http://"
	if len(value) >= len(scheme) && strings.EqualFold(value[:len(scheme)], scheme) {
		value = value[len(scheme):]
	}
	return strings.TrimSuffix(value, "/")
}

func cutField(line []byte) (name, value string) {
	name, value, _ = strings.Cut(strings.TrimRight(string(line), "\r\n"), ":")
	return name, strings.Trim(value, " \t")
}

// bodyLength returns the length of the body after a head. Framed reports that the
// server is certain to find the same length: the request is HTTP/1.1, its lines are
// plain, and it has at most one decimal length.
func bodyLength(head []byte) (length uint64, framed bool) {
	seen := false
	for i, line := range bytes.Split(bytes.TrimRight(head, "\r\n"), []byte("\n")) {
		name, value := cutField(line)
		switch {
		case i == 0:
			framed = strings.HasSuffix(strings.TrimRight(string(line), "\r"), " HTTP/1.1")
		case name == "" || strings.TrimFunc(name, isTokenRune) != "":
			return 0, false // a folded line, a space before the colon, or worse
		case strings.EqualFold(name, "Transfer-Encoding"):
			return 0, false
		case strings.EqualFold(name, "Content-Length"):
			var err error
			length, err = strconv.ParseUint(value, 10, 62)
			if err != nil || seen {
				return 0, false
			}
			seen = true
		}
	}
	return length, framed
}

func isTokenRune(r rune) bool {
	return r < 0x80 && isLetter(byte(r)) || '0' <= r && r <= '9' || r == '-' || r == '_'
}

// lastRequest adds the header "Connection: close" to a head, so that the server
// closes the connection after this request.
func lastRequest(head []byte) []byte {
	out := make([]byte, 0, len(head)+32)
	for i, line := range bytes.SplitAfter(head, []byte("\n")) {
		if name, _ := cutField(line); strings.EqualFold(name, "Connection") {
			continue
		}
		out = append(out, line...)
		if i == 0 {
			out = append(out, "Connection: close\r\n"...)
		}
	}
	return out
}
