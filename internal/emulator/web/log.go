package web

import (
	"sync"
	"unicode/utf8"
)

const (
	// maxLogBytes bounds the bytes of the events that a log keeps.
	maxLogBytes = 64 << 20
	// maxRowText bounds a text in the list, in bytes: whoever sends an event chooses it,
	// and the page reads thousands of rows at once.
	maxRowText = 512
)

// Log keeps the newest events in memory for a page, up to a number of events and 64 MiB.
// It is safe for use by several goroutines.
type Log struct {
	keep    int
	bytes   int // the bound
	again   func(Item) error
	changes Changes

	mu    sync.Mutex
	last  uint64
	items []Item // by id, without gaps
	size  int    // bytes of items
}

// NewLog returns a log that keeps up to keep events. Again sends an event again.
func NewLog(keep int, again func(Item) error) *Log {
	return &Log{keep: keep, bytes: maxLogBytes, again: again}
}

// Add appends an event, and gives it its id. It removes the oldest events that do not fit
// any more. The newest event is always kept.
func (l *Log) Add(item Item) {
	item.Row = item.short()
	l.mu.Lock()
	l.last++
	item.ID = l.last
	l.items = append(l.items, item)
	l.size += item.bytes()
	gone := 0
	for len(l.items)-gone > 1 && (len(l.items)-gone > l.keep || l.size > l.bytes) {
		l.size -= l.items[gone].bytes()
		l.items[gone] = Item{} // so that its memory is free before the slice grows
		gone++
	}
	l.items = l.items[gone:]
	l.mu.Unlock()
	l.changes.Note(item.ID, item.ID)
}

// bytes returns about how much memory an event takes.
func (i Item) bytes() int {
	n := 500 + len(i.Payload) + len(i.URL) + len(i.Message) + len(i.Type) + len(i.Sender) + len(i.Recipient) + len(i.Note)
	for name, value := range i.Headers {
		n += len(name) + len(value) + 50
	}
	for _, a := range i.Attempts {
		n += len(a.URL) + len(a.Error) + len(a.Answer) + 100
	}
	return n
}

// short returns a row whose texts are cut off where they are very long.
func (r Row) short() Row {
	for _, text := range []*string{&r.Type, &r.Sender, &r.Recipient, &r.Note} {
		*text = shortText(*text)
	}
	return r
}

func shortText(text string) string {
	if len(text) <= maxRowText {
		return text
	}
	end := maxRowText
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// Rows implements [Source].
func (l *Log) Rows(limit int) (rows []Row, total int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, item := range l.items[max(0, len(l.items)-limit):] {
		rows = append(rows, item.Row)
	}
	return rows, len(l.items), nil
}

// RowsOf implements [Source].
func (l *Log) RowsOf(ids []uint64) (rows []Row, err error) {
	for _, id := range ids {
		if item, err := l.Item(id); err == nil {
			rows = append(rows, item.Row)
		}
	}
	return rows, nil
}

// Item implements [Source].
func (l *Log) Item(id uint64) (Item, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.items) == 0 || id < l.items[0].ID || id > l.last {
		return Item{}, ErrNoRow
	}
	return l.items[id-l.items[0].ID], nil
}

// Again implements [Source].
func (l *Log) Again(id uint64) error {
	item, err := l.Item(id)
	if err != nil {
		return err
	}
	return l.again(item)
}

// Changes implements [Source].
func (l *Log) Changes() *Changes { return &l.changes }
