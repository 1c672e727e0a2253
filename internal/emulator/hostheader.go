package emulator

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
)

// mendingListener hands out connections whose Host headers are mended.
type mendingListener struct{ net.Listener }

func (l mendingListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &mendingConn{Conn: conn}, nil
}

// mendingConn takes the "http://" off the Host headers of the requests that are
// read from a connection. After a request that needs no mending, the rest of its
// connection is passed through: it belongs to another client.
//
// It follows the framing of HTTP/1.1 (RFC 9112) as far as it must to tell heads
// from bodies. What it does not understand it passes through, for the server to
// refuse.
type mendingConn struct {
	net.Conn
	in    []byte // read, not yet looked at
	out   []byte // looked at, to be handed out
	state framing
	left  int64 // bytes of the body, or of the chunk, that are still to come
	head  head
	lines int // bytes of the head so far
}

type framing int

const (
	inHead framing = iota
	inBody
	inChunkSize
	inChunk
	inTrailer
	passing // to the end of the connection
)

// head is what the head of one request says about its body.
type head struct {
	started bool // the request line was read
	length  int64
	chunked bool
	mended  bool
}

const readSize = 4 << 10

func (c *mendingConn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(c.out) == 0 {
		if c.state == passing && len(c.in) == 0 {
			return c.Conn.Read(p)
		}
		if c.advance() {
			continue
		}
		buffer := make([]byte, readSize)
		n, err := c.Conn.Read(buffer)
		c.in = append(c.in, buffer[:n]...)
		switch {
		case err == nil || n > 0: // an error comes again
		case errors.Is(err, io.EOF) && len(c.in) > 0:
			c.state = passing // the end of what there is, though in mid-line
		default:
			return 0, err // after a deadline the next read goes on from here
		}
	}
	n := copy(p, c.out)
	c.out = c.out[n:]
	return n, nil
}

// advance moves what it can from in to out, and reports whether it did.
func (c *mendingConn) advance() bool {
	switch c.state {
	case passing:
		return c.hand(len(c.in))
	case inBody, inChunk:
		n := min(int64(len(c.in)), c.left)
		c.left -= n
		if c.left == 0 {
			c.endBlock()
		}
		return c.hand(int(n))
	}
	if c.state == inHead && !c.head.started && len(c.in) > 0 && !beginsRequest(c.in[0]) {
		c.state = passing // not HTTP, perhaps TLS: the server knows what to say
		return true
	}
	end := bytes.IndexByte(c.in, '\n')
	if end < 0 {
		if c.lines+len(c.in) > maxHeaderBytes {
			c.state = passing
			return c.hand(len(c.in))
		}
		return false
	}
	line := c.in[:end+1]
	c.in = c.in[end+1:]
	c.out = append(c.out[:0], c.line(line)...)
	return true
}

func beginsRequest(b byte) bool {
	return 'A' <= b && b <= 'Z' || 'a' <= b && b <= 'z' || b == '\r' || b == '\n'
}

func (c *mendingConn) hand(n int) bool {
	c.out, c.in = c.in[:n:n], c.in[n:]
	return n > 0
}

func (c *mendingConn) endBlock() {
	if c.state == inChunk {
		c.state = inChunkSize
		return
	}
	c.nextHead()
}

func (c *mendingConn) nextHead() { c.state, c.head, c.lines = inHead, head{}, 0 }

// line reads one line of a head, a chunk size or a trailer, and returns what is
// handed out in its place.
func (c *mendingConn) line(line []byte) []byte {
	text := bytes.TrimRight(line, "\r\n")
	switch c.state {
	case inChunkSize:
		c.chunkSize(text)
	case inTrailer:
		if len(text) == 0 {
			c.nextHead()
		}
	default: // inHead
		c.lines += len(line)
		switch {
		case c.lines > maxHeaderBytes:
			c.state = passing
		case !c.head.started:
			c.head.started = len(text) > 0 // a server ignores empty lines before a request (RFC 9112, 2.2)
		case len(text) == 0:
			c.endHead()
		default:
			return c.field(line, text)
		}
	}
	return line
}

func (c *mendingConn) field(line, text []byte) []byte {
	name, value, _ := strings.Cut(string(text), ":")
	value = strings.Trim(value, " \t")
	switch {
	case strings.EqualFold(name, "Host"):
		const scheme = "http://"
		if len(value) >= len(scheme) && strings.EqualFold(value[:len(scheme)], scheme) {
			c.head.mended = true
			return []byte(name + ": " + strings.TrimSuffix(value[len(scheme):], "/") + "\r\n")
		}
	case strings.EqualFold(name, "Content-Length"):
		length, err := strconv.ParseInt(value, 10, 64)
		if err != nil || length < 0 {
			c.state = passing
		}
		c.head.length = length
	case strings.EqualFold(name, "Transfer-Encoding"):
		c.head.chunked = true
	}
	return line
}

func (c *mendingConn) endHead() {
	switch {
	case !c.head.mended:
		c.state = passing
	case c.head.chunked:
		c.state = inChunkSize
	case c.head.length > 0:
		c.state, c.left = inBody, c.head.length
	default:
		c.nextHead()
	}
}

func (c *mendingConn) chunkSize(text []byte) {
	digits, _, _ := strings.Cut(string(text), ";")
	size, err := strconv.ParseInt(strings.TrimSpace(digits), 16, 64)
	switch {
	case err != nil || size < 0:
		c.state = passing
	case size == 0:
		c.state = inTrailer
	default:
		c.state, c.left = inChunk, size+int64(len("\r\n"))
	}
}
