package ses

import (
	"cmp"
	"strings"
	"sync"
	"unicode"

	"github.com/sesctl/sesctl/pkg/callback"
)

// spellings are the addresses that the service lists in another spelling than
// that in which they are compared. One that is not listed any more keeps its own:
// a callback that was deleted on the way may have to be created again.
type spellings struct {
	mu     sync.Mutex
	listed map[callback.Target]string
}

// note remembers how an address was listed. What holds more than an address, as
// a display name, counts as the usual spelling.
func (s *spellings) note(t callback.Target, listed string) {
	more := func(r rune) bool { return unicode.IsSpace(r) || r == '<' || r == '(' }
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case listed == t.Address() || strings.ContainsFunc(listed, more):
		delete(s.listed, t)
	case s.listed == nil:
		s.listed = map[callback.Target]string{t: listed}
	default:
		s.listed[t] = listed
	}
}

// of returns the spelling of an address; "" for the usual one.
func (s *spellings) of(t callback.Target) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.listed[t]
}

// addressOf returns the address of a target in the service's own spelling: whether
// it minds the case is not documented. That of a callback goes before that of the
// sender; they differ only if there are two senders to the service.
func (c *Client) addressOf(t callback.Target) string {
	return cmp.Or(c.callbackSpellings.of(t), c.senderSpellings.of(t), t.Address())
}
