package capture

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

// maxText is the largest capture that is not a HAR file, in bytes.
const maxText = 64 << 20

// Read reads one capture: a HAR file, a script of the console, a request copied as
// cURL or as fetch, or the JSON of a request and its answer. It recognises the kind
// by the content. name is the name of the file, or "". A HAR file can have any size,
// because it is not kept in memory. If the content is of another kind, the error
// names the kind, and does not repeat the content.
func Read(r io.Reader, name string) (Capture, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	if mark, _ := in.Peek(3); string(mark) == "\ufeff" {
		_, _ = in.Discard(len(mark))
	}
	head, err := in.Peek(4096)
	if err != nil && !errors.Is(err, io.EOF) {
		return Capture{}, err
	}
	start := bytes.TrimLeft(head, " \t\r\n")
	switch {
	case len(start) == 0 && len(head) < 4096:
		return Capture{}, errors.New("it is empty")
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return Capture{}, errors.New("it is in UTF-16: save it as UTF-8")
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}), bytes.HasPrefix(head, []byte("PK")):
		return Capture{}, errors.New("it is compressed: unpack it first")
	case isHTML(start):
		return Capture{}, errors.New("it is an HTML page, not a capture: export the network panel as HAR instead of saving the page")
	case start[0] == '{' && looksLikeHAR(start):
		return readHAR(in)
	}
	data, err := io.ReadAll(io.LimitReader(in, maxText+1))
	switch {
	case err != nil:
		return Capture{}, err
	case len(data) > maxText:
		return Capture{}, errors.New("it has more than 64 MiB and is not a HAR file")
	}
	return readText(data, start, name)
}

func readText(data, start []byte, name string) (Capture, error) {
	switch {
	case bytes.HasPrefix(start, []byte("curl ")), bytes.HasPrefix(start, []byte("curl.exe ")):
		return readCurl(data)
	case bytes.HasPrefix(start, []byte("fetch(")), bytes.HasPrefix(start, []byte("await fetch(")):
		return readFetch(data)
	case start[0] == '{' || start[0] == '[':
		return readJSON(data)
	case strings.HasSuffix(name, ".js"), strings.HasSuffix(name, ".mjs"):
		return Capture{Mentions: readScript(data)}, nil
	}
	return Capture{}, errors.New("it is not a HAR file, a request copied as cURL or fetch, or the JSON of a request")
}

// readJSON reads JSON that does not begin as HAR files do.
func readJSON(data []byte) (Capture, error) {
	if o := decodeObject(data); o["log"] != nil {
		return readHAR(bytes.NewReader(data))
	}
	return readPair(data)
}

// looksLikeHAR reports whether JSON begins with the object log of a HAR file.
func looksLikeHAR(start []byte) bool {
	rest := bytes.TrimLeft(start[1:], " \t\r\n")
	return bytes.HasPrefix(rest, []byte(`"log"`))
}

func isHTML(start []byte) bool {
	lower := bytes.ToLower(start[:min(len(start), 200)])
	return bytes.HasPrefix(lower, []byte("<!doctype")) || bytes.HasPrefix(lower, []byte("<html")) || bytes.HasPrefix(lower, []byte("<"))
}
