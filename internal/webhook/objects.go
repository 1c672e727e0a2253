package webhook

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// The bounds of one object in a text. A record has a body of up to 1 MiB, escaped in
// the worst case as six characters for a byte, and once more in base64.
const (
	maxRecord = 16 << 20
	maxDepth  = 200 // of an object that goes on in another line
)

// objectScanner finds the JSON objects of a text. Between them it ignores white space,
// commas, square brackets and byte order marks. So lines, arrays and objects over several
// lines are all the same. A damaged object costs one line, and does not hide the objects
// after it.
type objectScanner struct {
	in   *bufio.Reader
	text []byte // what was read and not used yet
	line int    // of the beginning of text
	end  error  // why nothing more is read; io.EOF at the end
}

func newObjectScanner(r io.Reader) *objectScanner {
	return &objectScanner{in: bufio.NewReader(r), line: 1}
}

// next returns the next object or other line. The error is io.EOF at the end.
func (s *objectScanner) next() (found, error) {
	for {
		s.skip()
		if len(s.text) > 0 {
			break
		}
		if !s.more() {
			return found{}, s.end
		}
	}
	line := s.line
	for end := (objectEnd{}); s.text[0] == '{'; {
		length, state := end.find(s.text)
		if state == objectComplete && json.Valid(s.text[:length]) {
			return found{object: s.use(length), line: line}, nil
		} else if state != objectOpen || len(s.text) > maxRecord || !s.more() {
			break
		}
	}
	if s.end != nil && !errors.Is(s.end, io.EOF) {
		return found{}, s.end
	}
	torn := bytes.HasPrefix(s.text, []byte(`{"received":"`)) || bytes.HasPrefix([]byte(`{"received":"`), firstLine(s.text))
	s.dropLine()
	return found{torn: torn, line: line}, nil
}

// more reads up to the next line end. It reports whether there was anything.
func (s *objectScanner) more() bool {
	if s.end != nil {
		return false
	}
	for len(s.text) <= maxRecord {
		part, err := s.in.ReadSlice('\n')
		s.text = append(s.text, part...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil {
			if s.end = err; !errors.Is(err, io.EOF) {
				s.end = fmt.Errorf("cannot read line %d: %w", s.line, err)
			}
		}
		return len(part) > 0
	}
	return true
}

// use takes the first bytes of the text, and counts their lines.
func (s *objectScanner) use(length int) []byte {
	used := s.text[:length]
	s.line += bytes.Count(used, []byte{'\n'})
	s.text = s.text[length:]
	return used
}

func (s *objectScanner) skip() {
	n := 0
	for n < len(s.text) {
		if bytes.IndexByte([]byte(" \t\r\n,[]\x1e"), s.text[n]) >= 0 { // RFC 7464 begins a record with \x1e
			n++
			continue
		}
		mark := []byte("\ufeff") // of a file that was appended
		if !bytes.HasPrefix(s.text[n:], mark) {
			break
		}
		n += len(mark)
	}
	s.use(n)
	if len(s.text) == 0 {
		s.text = nil // the buffer may have grown large
	}
}

// dropLine passes over the rest of a line, however long it is.
func (s *objectScanner) dropLine() {
	for {
		if i := bytes.IndexByte(s.text, '\n'); i >= 0 {
			s.use(i + 1)
			return
		}
		s.text = nil
		if !s.more() {
			return
		}
	}
}

func firstLine(text []byte) []byte {
	line, _, _ := bytes.Cut(text, []byte{'\n'})
	return bytes.TrimRight(line, "\r")
}

type objectState int

const (
	objectOpen     objectState = iota // more text may complete it
	objectComplete                    // it ends at the length
	objectBroken                      // no text can complete it
)

// objectEnd looks for the end of the object with which a text begins. When the text has
// grown, it continues where it stopped. It knows enough of JSON to find out early that an
// object over several lines is broken.
type objectEnd struct {
	at, depth        int
	inString, escape bool
	name             bool // an object needs a name or its end next
}

func (o *objectEnd) find(text []byte) (length int, state objectState) {
	for ; o.at < len(text); o.at++ {
		c := text[o.at]
		switch {
		case o.escape:
			o.escape = false
		case o.inString:
			o.escape, o.inString = c == '\\', c != '"'
			if c < ' ' {
				return 0, objectBroken
			}
		case c == '\n' && o.depth > maxDepth:
			return 0, objectBroken
		case c == ' ', c == '\t', c == '\r', c == '\n':
		case o.name && c != '"' && c != '}':
			return 0, objectBroken
		case c == '"':
			o.inString, o.name = true, false
		case c == '{', c == '[':
			o.depth++
			o.name = c == '{'
		case c == '}', c == ']':
			o.name = false
			if o.depth--; o.depth == 0 {
				return o.at + 1, objectComplete
			}
		}
	}
	return 0, objectOpen
}
