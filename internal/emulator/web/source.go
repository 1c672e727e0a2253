package web

import (
	"errors"
	"time"
)

// ErrNoRow is the error for an event that is not kept, or not kept any more.
var ErrNoRow = errors.New("no such event; it may have been dropped")

// ErrPending is the error for an event that cannot be sent again yet.
var ErrPending = errors.New("the event is still being delivered")

// Row is one event in the list. The names in JSON are short, because a list has
// thousands of rows.
type Row struct {
	ID        uint64 `json:"id"` // larger for a later event
	Time      int64  `json:"t"`  // milliseconds since 1970
	Type      string `json:"type"`
	Sender    string `json:"from"`
	Recipient string `json:"to"`
	State     string `json:"state"` // pending, accepted, failed or skipped
	Code      int    `json:"code,omitempty"`
	Attempts  int    `json:"n"`
	Note      string `json:"note,omitempty"` // why there was no success
	Duplicate bool   `json:"dup,omitempty"`
}

// Item is one event with everything that is known of it. URLs are whole: the page masks
// them.
type Item struct {
	Row
	Kind     string            `json:"kind,omitempty"` // of the recipient: to, cc or bcc
	Message  string            `json:"message,omitempty"`
	ReplyTo  string            `json:"reply,omitempty"` // of the message
	URL      string            `json:"url"`             // "" if it was not sent anywhere
	Headers  map[string]string `json:"headers"`
	Payload  string            `json:"payload"`
	Attempts []Attempt         `json:"attempts"`
}

// Attempt is one time that an event was sent, or received and passed on.
type Attempt struct {
	Time   time.Time `json:"t"`
	URL    string    `json:"url"`
	Code   int       `json:"code,omitempty"` // HTTP status; 0 without an answer
	Error  string    `json:"error,omitempty"`
	Answer string    `json:"answer,omitempty"` // the first line of the answer
}

// Source has the events that a page shows. Several goroutines use it.
type Source interface {
	// Rows returns the newest events, oldest first, at most limit, and how many there are.
	Rows(limit int) (rows []Row, total int, err error)
	// RowsOf returns the events with these ids, as far as they are there.
	RowsOf(ids []uint64) ([]Row, error)
	// Item returns one event, or [ErrNoRow].
	Item(id uint64) (Item, error)
	// Again sends an event again. The error is [ErrNoRow], [ErrPending] or another one.
	Again(id uint64) error
	// Changes reports which events are new or changed.
	Changes() *Changes
}

// Account is what a page can change at an emulator.
type Account interface {
	// Callbacks returns the URL of the account, "" for none, and the sender addresses in order.
	Callbacks() (account string, senders []Sender, err error)
	// SetCallback sets the callback of a sender address, or of the account if sender is
	// empty. An empty URL deletes it. The error is for the user.
	SetCallback(sender, url string) error
	// Send sends a test email, and returns its MessageId. The error is for the user.
	Send(sender, recipient, subject string) (id string, err error)
	// Outcomes are the labels that a recipient can begin with.
	Outcomes() []string
	// Faults returns the faults that are on, as they are written.
	Faults() []string
	// SetFaults turns faults on and all others off. The error is for the user.
	SetFaults(specs []string) error
	// FaultKinds describes the faults that there are.
	FaultKinds() []FaultKind
}

// Sender is a sender address with the callback that gets its events.
type Sender struct {
	Address string `json:"address"`
	URL     string `json:"url"`    // its own; "" for none
	Effect  string `json:"effect"` // the effective URL; "" for none
	Reason  string `json:"reason"` // sender, account or none
}

// FaultKind describes a fault.
type FaultKind struct {
	Spec    string `json:"spec"`
	Summary string `json:"summary"`
}
