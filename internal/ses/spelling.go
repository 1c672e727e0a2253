package ses

import (
	"cmp"
	"strings"
	"sync"
	"unicode"

	"github.com/sesctl/sesctl/pkg/callback"
)

// spellings holds the addresses that the service lists in another spelling than
// the normal form. An address that is no longer listed keeps its spelling: a
// callback that was deleted during a change may have to be created again.
type spellings struct {
	mu     sync.Mutex
	listed map[callback.Target]string
}

// note remembers how an address was listed. If the listed text holds more than an
// address, such as a display name, the normal form is used.
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

// of returns the spelling of an address, or "" for the normal form.
func (s *spellings) of(t callback.Target) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.listed[t]
}

// addressOf returns the address of a target in the service's own spelling, because
// the service may be case-sensitive; this is not documented. The spelling in the
// callback list comes before the spelling in the sender list. They differ only if
// the service has two such senders.
func (c *Client) addressOf(t callback.Target) string {
	return cmp.Or(c.callbackSpellings.of(t), c.senderSpellings.of(t), t.Address())
}
