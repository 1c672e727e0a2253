package relay

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/crc32"
	"io"
	"time"
)

// A segment of the spool is a sequence of frames. A frame is the mark, the length of
// the content and its CRC-32C, each in four bytes in little-endian order, and then
// the content. The content is a line of JSON (see spooled) and the body.
const (
	frameMark   = 0x52534553 // "SESR"
	frameHead   = 12
	maxSpooled  = maxBody + 64<<10 // the longest content
	frameBuffer = 32 << 10
)

// spooled has the fields of a message that are kept with its body. The other fields
// are computed from the body.
type spooled struct {
	Received time.Time `json:"received"`
	Media    string    `json:"media,omitempty"`
	Encoding string    `json:"encoding,omitempty"`
	Reason   string    `json:"reason,omitempty"`
}

func checksum(content []byte) uint32 {
	return crc32.Checksum(content, crc32.MakeTable(crc32.Castagnoli))
}

// appendFrame appends a message as a frame.
func appendFrame(out []byte, m *message, received time.Time) ([]byte, error) {
	line, err := json.Marshal(spooled{received.UTC(), m.media, m.encoding, m.reason})
	if err != nil {
		return out, err
	}
	start := len(out)
	out = append(out, make([]byte, frameHead)...)
	out = append(append(append(out, line...), '\n'), m.body...)
	content := out[start+frameHead:]
	if len(content) > maxSpooled {
		return out[:start], errors.New("the headers of the event are too long to keep")
	}
	binary.LittleEndian.PutUint32(out[start:], frameMark)
	binary.LittleEndian.PutUint32(out[start+4:], uint32(len(content)))
	binary.LittleEndian.PutUint32(out[start+8:], checksum(content))
	return out, nil
}

// readMessage returns the message of a frame, and the time when it was received.
func readMessage(content []byte) (*message, time.Time, error) {
	line, body, found := bytes.Cut(content, []byte{'\n'})
	var kept spooled
	if !found {
		return nil, time.Time{}, errors.New("the frame has no body")
	}
	if err := json.Unmarshal(line, &kept); err != nil {
		return nil, time.Time{}, errors.New("the frame does not begin with a line of JSON")
	}
	m, problem := newMessage(bytes.Clone(body), kept.Media, kept.Encoding)
	if kept.Reason != "" {
		m = m.asDeadLetter(kept.Reason)
	} else if problem != nil { // the version that kept it accepted it as an event
		m = m.asDeadLetter(problem.Error())
	}
	return m, kept.Received, nil
}

// frame is a frame that was read.
type frame struct {
	content []byte // valid until the next one is read
	end     int64  // position of the next frame
	damaged int64  // number of damaged bytes before it
}

// readFrames calls visit for each frame between two places of a file, in order, until
// visit returns false. Bytes that are not a frame are skipped, up to the next frame:
// if a disk damages a part, the frames after it are still good. Such bytes at the end
// are from an interrupted write, which was never confirmed.
func readFrames(file io.ReaderAt, from, to int64, visit func(frame) bool) error {
	reader := bufio.NewReaderSize(io.NewSectionReader(file, from, to-from), frameBuffer)
	var buffer []byte
	for at := from; at < to; {
		content, err := readFrame(reader, to-at, &buffer)
		if errors.Is(err, errNotFrame) {
			next, err := nextFrame(file, at+1, to)
			if err != nil || next < 0 {
				return err
			}
			again := true
			err = readFrames(file, next, to, func(f frame) bool {
				f.damaged += next - at
				at = next // only the first frame comes after the damage
				again = visit(f)
				return again
			})
			return err
		}
		if err != nil {
			return err
		}
		at += frameHead + int64(len(content))
		if !visit(frame{content, at, 0}) {
			return nil
		}
	}
	return nil
}

var errNotFrame = errors.New("not a frame")

// readFrame reads one frame that has at most the given number of bytes.
func readFrame(reader *bufio.Reader, most int64, buffer *[]byte) ([]byte, error) {
	head, err := reader.Peek(frameHead)
	if errors.Is(err, io.EOF) {
		return nil, errNotFrame
	} else if err != nil {
		return nil, err
	}
	length := int64(binary.LittleEndian.Uint32(head[4:]))
	sum := binary.LittleEndian.Uint32(head[8:])
	if binary.LittleEndian.Uint32(head) != frameMark || length > maxSpooled || length > most-frameHead {
		return nil, errNotFrame
	}
	if _, err := reader.Discard(frameHead); err != nil {
		return nil, err
	}
	if int64(cap(*buffer)) < length {
		*buffer = make([]byte, length, length+length/2)
	}
	content := (*buffer)[:length]
	if _, err := io.ReadFull(reader, content); err != nil {
		return nil, err
	}
	if checksum(content) != sum {
		return nil, errNotFrame
	}
	return content, nil
}

// nextFrame returns the position of the next good frame at or after a position, or -1
// if there is none.
func nextFrame(file io.ReaderAt, from, to int64) (int64, error) {
	data := make([]byte, max(to-from, 0))
	if _, err := file.ReadAt(data, from); err != nil && !errors.Is(err, io.EOF) {
		return -1, err
	}
	mark := binary.LittleEndian.AppendUint32(nil, frameMark)
	for at := 0; ; at++ {
		i := bytes.Index(data[at:], mark)
		if i < 0 {
			return -1, nil
		}
		at += i
		var buffer []byte
		if _, err := readFrame(bufio.NewReader(bytes.NewReader(data[at:])), int64(len(data)-at), &buffer); err == nil {
			return from + int64(at), nil
		}
	}
}
