package emulator

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
)

// scripted is a connection whose bytes come from a reader.
type scripted struct {
	net.Conn
	io.Reader
}

func (s scripted) Read(p []byte) (int, error) { return s.Reader.Read(p) }

func repair(t testing.TB, r io.Reader, size int) string {
	t.Helper()
	conn := &repairingConn{Conn: scripted{Reader: r}}
	var out bytes.Buffer
	buffer := make([]byte, size)
	for {
		n, err := conn.Read(buffer)
		out.Write(buffer[:n])
		if errors.Is(err, io.EOF) {
			return out.String()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestRepairOfHostHeaders(t *testing.T) {
	t.Parallel()
	const cli = "POST / HTTP/1.1\r\nHost: http://127.0.0.1:8025\r\nContent-Length: 3\r\n\r\n{}\n"
	const repaired = "POST / HTTP/1.1\r\nHost: 127.0.0.1:8025\r\nContent-Length: 3\r\n\r\n{}\n"
	const plain = "POST / HTTP/1.1\r\nHost: 127.0.0.1:8025\r\n\r\n"
	long := "POST / HTTP/1.1\r\nX: " + strings.Repeat("x", 2*maxHeaderBytes) + "\r\nHost: http://a\r\n\r\n"
	tests := map[string]struct{ in, want string }{
		"nothing":                 {"", ""},
		"no host to repair":       {plain, plain},
		"host to repair":          {cli, repaired},
		"two requests":            {cli + cli, repaired + repaired},
		"names in any case":       {"POST / HTTP/1.1\r\nHOST:\tHTTP://a:1/ \r\n\r\n", "POST / HTTP/1.1\r\nHOST: a:1\r\n\r\n"},
		"bare line feeds":         {"POST / HTTP/1.1\nHost: http://a\n\n", "POST / HTTP/1.1\nHost: a\r\n\n"},
		"empty lines before":      {"\r\n\r\n" + cli + "\r\n" + cli, "\r\n\r\n" + repaired + "\r\n" + repaired},
		"the body holds a header": {strings.Replace(cli, "3\r\n\r\n{}\n", "17\r\n\r\n\r\nHost: http://b\n", 1) + cli, strings.Replace(repaired, "3\r\n\r\n{}\n", "17\r\n\r\n\r\nHost: http://b\n", 1) + repaired},
		"chunks": {
			"POST / HTTP/1.1\r\nHost: http://a\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n" + cli,
			"POST / HTTP/1.1\r\nConnection: close\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n" + cli},
		"HTTP/1.0, kept alive, with both lengths": {
			"POST / HTTP/1.0\r\nHost: http://x\r\nConnection: keep-alive\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n" + cli,
			"POST / HTTP/1.0\r\nConnection: close\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n" + cli},
		"HTTP/1.0":            {"GET / HTTP/1.0\r\nHost: http://x\r\n\r\n" + cli, "GET / HTTP/1.0\r\nConnection: close\r\nHost: x\r\n\r\n" + cli},
		"length is nonsense":  {"POST / HTTP/1.1\r\nContent-Length: x\r\nHost: http://a\r\n\r\n" + cli, "POST / HTTP/1.1\r\nConnection: close\r\nContent-Length: x\r\nHost: a\r\n\r\n" + cli},
		"length is huge":      {"POST / HTTP/1.1\r\nContent-Length: 9223372036854775807\r\nHost: http://a\r\n\r\n" + cli, "POST / HTTP/1.1\r\nConnection: close\r\nContent-Length: 9223372036854775807\r\nHost: a\r\n\r\n" + cli},
		"two lengths":         {"POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 3\r\nHost: http://a\r\n\r\n{}\n" + cli, "POST / HTTP/1.1\r\nConnection: close\r\nContent-Length: 3\r\nContent-Length: 3\r\nHost: a\r\n\r\n{}\n" + cli},
		"a folded line":       {"POST / HTTP/1.1\r\nHost: http://a\r\n Content-Length: 3\r\n\r\n" + cli, "POST / HTTP/1.1\r\nConnection: close\r\nHost: a\r\n Content-Length: 3\r\n\r\n" + cli},
		"a space in a name":   {"POST / HTTP/1.1\r\nHost: http://a\r\nContent-Length : 3\r\n\r\n" + cli, "POST / HTTP/1.1\r\nConnection: close\r\nHost: a\r\nContent-Length : 3\r\n\r\n" + cli},
		"a slash at the end":  {"POST / HTTP/1.1\r\nHost: a:1/\r\nContent-Length: 3\r\n\r\n{}\n" + plain, "POST / HTTP/1.1\r\nHost: a:1\r\nContent-Length: 3\r\n\r\n{}\n" + plain},
		"another client's":    {plain + cli, plain + cli},
		"head without end":    {"POST / HTTP/1.1\r\nHost: http://a", "POST / HTTP/1.1\r\nHost: http://a"},
		"head that is long":   {long, long},
		"head of many lines":  {"POST / HTTP/1.1\r\n" + strings.Repeat("X: y\r\n", maxHeaderBytes/4) + cli, "POST / HTTP/1.1\r\n" + strings.Repeat("X: y\r\n", maxHeaderBytes/4) + cli},
		"something else":      {"\x16\x03\x01\x00\xff\xfe", "\x16\x03\x01\x00\xff\xfe"},
		"https is left alone": {strings.Replace(cli, "http:", "https:", 1), strings.Replace(cli, "http:", "https:", 1)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, size := range []int{1, 7, 4096} {
				for how, r := range map[string]io.Reader{
					"at once": strings.NewReader(test.in), "byte by byte": iotest.OneByteReader(strings.NewReader(test.in)),
					"with its end": iotest.DataErrReader(strings.NewReader(test.in)), "in halves": iotest.HalfReader(strings.NewReader(test.in)),
				} {
					if got := repair(t, r, size); got != test.want {
						t.Errorf("%s, %d bytes a read:\n%.500q, want\n%.500q", how, size, got, test.want)
					}
				}
			}
		})
	}
}

// toRepair matches a Host header that has "http://" or a slash at its end.
var toRepair = regexp.MustCompile(`(?i)host:[^\n]*(http://|/[ \t\r]*\n)`)

// FuzzRepairingConn checks that the result does not depend on how the bytes arrive.
// Without a repair no byte is lost, and a server reads the result without a panic.
func FuzzRepairingConn(f *testing.F) {
	f.Add([]byte("POST / HTTP/1.1\r\nHost: http://a\r\nContent-Length: 3\r\n\r\n{}\nPOST"), 3)
	f.Add([]byte("POST / HTTP/1.1\r\nHost: http://a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\nGET"), 1)
	f.Add([]byte("POST / HTTP/1.0\r\nHost: http://x\r\nConnection: keep-alive\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n"), 7)
	f.Fuzz(func(t *testing.T, in []byte, size int) {
		size = 1 + int(uint(size)%5000)
		whole := repair(t, bytes.NewReader(in), 1<<20)
		if parts := repair(t, iotest.OneByteReader(bytes.NewReader(in)), size); parts != whole {
			t.Errorf("in parts %q, at once %q", parts, whole)
		}
		if !toRepair.Match(in) && whole != string(in) {
			t.Errorf("%q became %q", in, whole)
		}
		if limit := len(in) + bytes.Count(in, []byte("\n\n"))*32 + bytes.Count(in, []byte("\n"))*32; len(whole) > limit {
			t.Errorf("%d bytes became %d", len(in), len(whole))
		}
		reader := bufio.NewReader(strings.NewReader(whole))
		for range 3 {
			r, err := http.ReadRequest(reader)
			if err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, r.Body)
		}
	})
}

func TestRepairKeepsItsPlace(t *testing.T) {
	t.Parallel()
	// If a deadline passes between two halves of a line, no byte is lost.
	in := io.MultiReader(strings.NewReader("POST / HTTP/1.1\r\nHost: htt"), iotest.ErrReader(io.ErrNoProgress))
	rest := strings.NewReader("p://a\r\n\r\n")
	conn := &repairingConn{Conn: scripted{Reader: in}}
	var out bytes.Buffer
	if _, err := io.Copy(&out, conn); !errors.Is(err, io.ErrNoProgress) {
		t.Fatalf("error %v", err)
	}
	conn.Conn = scripted{Reader: rest}
	if _, err := io.Copy(&out, conn); err != nil {
		t.Fatal(err)
	}
	if out.String() != "POST / HTTP/1.1\r\nHost: a\r\n\r\n" {
		t.Errorf("got %q", out.String())
	}
	if n, err := conn.Read(nil); n != 0 || err != nil {
		t.Errorf("an empty read: %d, %v", n, err)
	}
}
