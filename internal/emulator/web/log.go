package web

import (
	"sync"
)

// Log keeps events in memory for a page, the newest ones. Several goroutines use it.
type Log struct {
	keep    int
	again   func(Item) error
	changes Changes

	mu    sync.Mutex
	last  uint64
	items []Item // by id, without gaps
}

// NewLog returns a log that keeps this many events. Again sends one again.
func NewLog(keep int, again func(Item) error) *Log { return &Log{keep: keep, again: again} }

// Add appends an event, and gives it its id.
func (l *Log) Add(item Item) {
	l.mu.Lock()
	l.last++
	item.ID = l.last
	l.items = append(l.items, item)
	if len(l.items) >= 2*l.keep {
		l.items = append([]Item(nil), l.items[len(l.items)-l.keep:]...)
	}
	l.mu.Unlock()
	l.changes.Note(item.ID, item.ID)
}

// kept returns the events that are kept.
func (l *Log) kept() []Item { return l.items[max(0, len(l.items)-l.keep):] }

// Rows implements [Source].
func (l *Log) Rows(limit int) (rows []Row, total int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	kept := l.kept()
	for _, item := range kept[max(0, len(kept)-limit):] {
		rows = append(rows, item.Row)
	}
	return rows, len(kept), nil
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
	kept := l.kept()
	if len(kept) == 0 || id < kept[0].ID || id > l.last {
		return Item{}, ErrNoRow
	}
	return kept[id-kept[0].ID], nil
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
