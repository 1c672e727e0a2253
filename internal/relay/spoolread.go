package relay

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// place is a position in the spool.
type place struct {
	segment uint64
	offset  int64
}

// window returns the first messages of the spool, at most the given number, and the
// position after them. If one of them fails, the others may overtake it. So a window
// has at most one message for each recipient, and the order for each recipient is
// kept.
func (s *spool) window(most int) ([]*message, place, error) {
	for {
		s.mu.Lock()
		if len(s.segments) == 0 {
			s.mu.Unlock()
			return nil, place{}, nil
		}
		first := s.segments[0]
		from, to, last := s.offset, first.size, first == s.live
		s.mu.Unlock()
		messages, end, err := s.read(first, from, to, most)
		if len(messages) > 0 || err != nil || last {
			return messages, place{first.number, end}, err
		}
		s.advance(place{first.number, to}, 0) // only an incomplete frame at the end
		s.mu.Lock()
		stuck := len(s.segments) > 0 && s.segments[0] == first
		s.mu.Unlock()
		if stuck {
			return nil, place{}, nil
		}
	}
}

func (s *spool) read(from *segment, start, end int64, most int) ([]*message, int64, error) {
	var messages []*message
	recipients := map[string]bool{}
	at := start
	var problem error
	err := readFrames(from.file, start, end, func(f frame) bool {
		m, received, err := readMessage(f.content)
		if err != nil {
			problem = err
			return false
		}
		if len(messages) == 0 {
			s.oldest.Store(received.UnixNano())
		}
		if len(messages) == most || m.recipient != "" && recipients[m.recipient] {
			return false
		}
		recipients[m.recipient] = true
		messages = append(messages, m)
		at = f.end
		return true
	})
	if err == nil {
		err = problem
	}
	return messages, at, err
}

// advance notes that the given number of messages, up to a position, were
// acknowledged.
func (s *spool) advance(to place, count int) {
	s.pending.Add(-int64(count))
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.segments) == 0 || s.segments[0].number != to.segment {
		return
	}
	s.offset = to.offset
	s.savePosition(to)
	s.forgetLocked()
}

// forgetLocked deletes the first segments if all of their messages are acknowledged.
func (s *spool) forgetLocked() {
	for len(s.segments) > 0 {
		first := s.segments[0]
		if s.offset < first.size || first == s.live && s.writing {
			return
		}
		if first == s.live {
			s.live = nil
		}
		first.file.Close()
		if err := os.Remove(s.path(first.number)); err != nil && !errors.Is(err, os.ErrNotExist) {
			_ = os.Truncate(s.path(first.number), 0)
		}
		s.budget.used.Add(-first.used)
		s.segments, s.offset = s.segments[1:], 0
	}
	s.oldest.Store(0)
}

const positionSize = 20

// savePosition writes the position up to which messages were acknowledged. If the
// file is lost, these messages are sent again.
func (s *spool) savePosition(p place) {
	data := binary.LittleEndian.AppendUint64(nil, p.segment)
	data = binary.LittleEndian.AppendUint64(data, uint64(p.offset))
	data = binary.LittleEndian.AppendUint32(data, checksum(data))
	_, _ = s.position.WriteAt(data, 0)
}

func (s *spool) loadPosition() (place, error) {
	var err error
	if s.position, err = os.OpenFile(filepath.Join(s.folder, "position"), os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return place{}, err
	}
	data := make([]byte, positionSize)
	if _, err := s.position.ReadAt(data, 0); err != nil && !errors.Is(err, io.EOF) {
		return place{}, err
	}
	if checksum(data[:16]) != binary.LittleEndian.Uint32(data[16:]) {
		return place{}, nil // it does not exist or is incomplete: everything is sent again
	}
	return place{binary.LittleEndian.Uint64(data), int64(binary.LittleEndian.Uint64(data[8:]))}, nil
}

// load reads the messages of an earlier run.
func (s *spool) load(damage func(string, int64)) error {
	position, err := s.loadPosition()
	if err != nil {
		return err
	}
	numbers, err := segmentNumbers(s.folder)
	if err != nil {
		return err
	}
	s.number = position.segment
	for _, number := range numbers {
		s.number = max(s.number, number)
		if number < position.segment {
			if err := os.Remove(s.path(number)); err != nil {
				return err
			}
			continue
		}
		start := int64(0)
		if number == position.segment {
			start = position.offset
		}
		if err := s.loadSegment(number, start, damage); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forgetLocked()
	return nil
}

func (s *spool) loadSegment(number uint64, start int64, damage func(string, int64)) error {
	file, err := os.OpenFile(s.path(number), os.O_RDWR, 0)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return err
	}
	size := info.Size()
	if start > size {
		start = 0
	}
	if len(s.segments) == 0 {
		s.offset = start
	}
	end := start
	err = readFrames(file, start, size, func(f frame) bool {
		s.pending.Add(1)
		end = f.end
		if f.damaged > 0 {
			damage(file.Name(), f.damaged)
		}
		return true
	})
	s.segments = append(s.segments, &segment{number, file, end, size})
	s.budget.used.Add(size)
	return err
}

// segmentNumbers returns the numbers of the segments in a folder, in order.
func segmentNumbers(folder string) ([]uint64, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var numbers []uint64
	for _, entry := range entries {
		name, found := strings.CutSuffix(entry.Name(), segmentSuffix)
		if number, err := strconv.ParseUint(name, 10, 64); found && err == nil {
			numbers = append(numbers, number)
		}
	}
	slices.Sort(numbers)
	return numbers, nil
}
