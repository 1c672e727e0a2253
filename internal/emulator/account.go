package emulator

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// sender is a sender address of the account; its address is the key that it is
// stored under. The names in JSON are those of the state file.
type sender struct {
	Name    string `json:"name,omitempty"`
	Created int64  `json:"created"` // seconds since 1970
}

// state is what an account holds, by address.
type state struct {
	senders map[string]sender
	urls    map[string]string // the callbacks of senders
	url     string            // the account's callback
}

func newState() state {
	return state{senders: map[string]sender{}, urls: map[string]string{}}
}

// change is one step from a state to the next, as data: the file and the memory
// are changed by the same value.
type change struct {
	kind    changeKind
	address string
	sender  sender
	url     string
}

type changeKind int

const (
	putSender changeKind = iota
	deleteSender
	putURL
	deleteURL
	putAccountURL // "" for none
)

// account is a state with the orders in which it is listed.
type account struct {
	mu sync.RWMutex
	state
	senderOrder sorted
	urlOrder    sorted
	domainOrder sorted
	domainSize  map[string]int // sender addresses by domain
}

func (a *account) load(s state) {
	a.state = s
	a.senderOrder = slices.Sorted(maps.Keys(s.senders))
	a.urlOrder = slices.Sorted(maps.Keys(s.urls))
	a.domainSize = map[string]int{}
	for address := range s.senders {
		a.domainSize[domainOf(address)]++
	}
	a.domainOrder = slices.Sorted(maps.Keys(a.domainSize))
}

func (a *account) apply(c change) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch c.kind {
	case putSender:
		if _, known := a.senders[c.address]; !known {
			a.senderOrder.insert(c.address)
			a.countDomain(domainOf(c.address), 1)
		}
		a.senders[c.address] = c.sender
	case deleteSender:
		delete(a.senders, c.address)
		a.senderOrder.remove(c.address)
		a.countDomain(domainOf(c.address), -1)
		delete(a.urls, c.address)
		a.urlOrder.remove(c.address)
	case putURL:
		a.urls[c.address] = c.url
		a.urlOrder.insert(c.address)
	case deleteURL:
		delete(a.urls, c.address)
		a.urlOrder.remove(c.address)
	case putAccountURL:
		a.url = c.url
	}
}

func (a *account) countDomain(domain string, by int) {
	a.domainSize[domain] += by
	if a.domainSize[domain] > 0 {
		a.domainOrder.insert(domain)
		return
	}
	delete(a.domainSize, domain)
	a.domainOrder.remove(domain)
}

func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// sorted is a set of strings in order, so that a page of it costs no more than
// its length.
type sorted []string

func (s *sorted) insert(key string) {
	if i, found := slices.BinarySearch(*s, key); !found {
		*s = slices.Insert(*s, i, key)
	}
}

func (s *sorted) remove(key string) {
	if i, found := slices.BinarySearch(*s, key); found {
		*s = slices.Delete(*s, i, i+1)
	}
}

func (s sorted) page(offset, limit int64) []string {
	from := min(offset, int64(len(s)))
	return s[from:min(from+limit, int64(len(s)))]
}
