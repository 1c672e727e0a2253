package ses

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

const (
	// maxCallbacks is the greatest number of callbacks that is kept of a list
	// without end.
	maxCallbacks = 1_000_000
	// maxReadings is how often a list is read from its beginning if it changes
	// during the reading.
	maxReadings = 3
	// noTotal is the total of a list whose answer does not give a total.
	noTotal = -1
)

// errChanging reports that the total changed from one page to the next: entries
// may have moved between pages, so some may be missing.
var errChanging = errors.New("the total changed while it was read")

// senderCallbacks returns the callbacks of senders, from all pages. If the pages
// contradict each other, it returns an error: a missing callback could be
// overwritten by mistake.
func (c *Client) senderCallbacks(ctx context.Context) ([]callback.Callback, error) {
	for range maxReadings {
		all, err := c.readPages(ctx)
		if !errors.Is(err, errChanging) {
			return all, err
		}
	}
	row := c.table.Row(sesapi.ListSenderCallbacks)
	return nil, failure.New(failure.Failure, "%s: the total that %s (%s) gives changed between pages in each of %d readings",
		cannot(row), row.Action, row.MarkText(), maxReadings).WithHint("try again when no other program changes callbacks")
}

// page is a part of the list of sender callbacks.
type page struct {
	items []item
	total int64
}

type item struct {
	listed string // the address, as the service spells it
	target callback.Target
	url    callback.URL // zero for none
}

// pagesAtOnce is how many pages are read at the same time. At 60 ms a call, two
// pages would use the whole quota of 20 calls a second. A slower network needs
// more.
const pagesAtOnce = 8

// readPages reads the first page, which gives the number of pages, and then the
// other pages at the same time. If a page is shorter than the first, it moves the
// later pages: from there on they are read one after the other.
func (c *Client) readPages(ctx context.Context) ([]callback.Callback, error) {
	l := &callbackList{client: c, row: c.table.Row(sesapi.ListSenderCallbacks), seen: map[callback.Target]bool{}}
	first, a, err := c.readPage(ctx, 0)
	if err != nil {
		return nil, err
	}
	l.total = first.total
	if l.total == noTotal {
		return l.untilShort(ctx, first, a)
	}
	if l.total > maxCallbacks {
		return nil, c.belief(l.row, a, "gives a total of %d callbacks; more than %d are not read", l.total, maxCallbacks)
	}
	if err := l.add(first, a); err != nil {
		return nil, err
	}
	if err := l.addSideBySide(ctx, int64(len(first.items))); err != nil {
		return nil, err
	}
	for int64(len(l.seen)) < l.total {
		p, a, err := c.readPage(ctx, int64(len(l.seen)))
		if err == nil {
			err = l.add(p, a)
		}
		if err != nil {
			return nil, err
		}
	}
	return l.callbacks, nil
}

// callbackList is a list of sender callbacks during its reading.
type callbackList struct {
	client    *Client
	row       sesapi.Row
	total     int64
	seen      map[callback.Target]bool
	callbacks []callback.Callback
}

// readResult is the result of reading one page.
type readResult struct {
	page   page
	answer answer
	err    error
}

// addSideBySide reads all pages of a size after the first at the same time. It
// adds them in order as long as each follows the previous page.
func (l *callbackList) addSideBySide(ctx context.Context, size int64) error {
	if size == 0 || size >= l.total {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	count := (l.total - 1) / size
	pages := make([]chan readResult, count)
	for i := range pages {
		pages[i] = make(chan readResult, 1)
	}
	var wait sync.WaitGroup
	defer wait.Wait()
	defer cancel()
	var next atomic.Int64
	for range min(pagesAtOnce, count) {
		wait.Go(func() {
			for i := next.Add(1); i <= count; i = next.Add(1) {
				p, a, err := l.client.readPage(ctx, i*size)
				pages[i-1] <- readResult{p, a, err}
			}
		})
	}
	for i := range pages {
		r := <-pages[i]
		if r.err == nil {
			r.err = l.add(r.page, r.answer)
		}
		if r.err != nil {
			return r.err
		}
		if int64(len(l.seen)) != min(int64(i+2)*size, l.total) {
			return nil
		}
	}
	return nil
}

// untilShort reads a list whose answer gives no total. The list ends with a page
// that is shorter than the page size. A row without a parameter for the offset has
// one page.
func (l *callbackList) untilShort(ctx context.Context, p page, a answer) ([]callback.Callback, error) {
	paged := l.row.Request[sesapi.KeyOffset] != ""
	for {
		if err := l.addItems(p, a); err != nil {
			return nil, err
		}
		switch {
		case !paged || len(p.items) < sesapi.MaxPage:
			return l.callbacks, nil
		case len(l.seen) >= maxCallbacks:
			return nil, l.client.belief(l.row, a, "lists more than %d callbacks; more are not read", maxCallbacks)
		}
		var err error
		if p, a, err = l.client.readPage(ctx, int64(len(l.seen))); err != nil {
			return nil, err
		}
	}
}

// add adds a page. It returns an error if the page contradicts the list.
func (l *callbackList) add(p page, a answer) error {
	if p.total != l.total {
		return errChanging
	}
	read := int64(len(l.seen) + len(p.items))
	switch {
	case read > l.total:
		return l.client.belief(l.row, a, "gives a total of %d callbacks, but listed %d", l.total, read)
	case len(p.items) == 0 && read < l.total:
		return l.client.belief(l.row, a, "gives a total of %d callbacks, but ends after %d", l.total, read)
	}
	return l.addItems(p, a)
}

func (l *callbackList) addItems(p page, a answer) error {
	for _, i := range p.items {
		if l.seen[i.target] {
			return l.client.belief(l.row, a, "lists %s twice; either a page is repeated, or there are two callbacks", i.target)
		}
		l.seen[i.target] = true
		l.client.callbackSpellings.note(i.target, i.listed)
		if !i.url.IsZero() {
			l.callbacks = append(l.callbacks, callback.Callback{Target: i.target, URL: i.url})
		}
	}
	return nil
}

func (c *Client) readPage(ctx context.Context, offset int64) (page, answer, error) {
	row := c.table.Row(sesapi.ListSenderCallbacks)
	a, f := c.call(ctx, row, values{sesapi.KeyOffset: offset, sesapi.KeyLimit: sesapi.MaxPage})
	if f != nil {
		return page{}, a, f.failure(cannot(row))
	}
	p, err := pageOf(row, a)
	if err != nil {
		return page{}, a, c.belief(row, a, "%w", err)
	}
	return p, a, nil
}

func pageOf(row sesapi.Row, a answer) (page, error) {
	objects, err := objectsAt(a.fields, row.Response[sesapi.KeyItems])
	if err != nil {
		return page{}, err
	}
	total := int64(noTotal)
	if path := row.Response[sesapi.KeyTotal]; path != "" {
		if total, err = countAt(a.fields, path, row.Replaced); err != nil {
			return page{}, err
		}
	}
	p := page{total: total, items: make([]item, len(objects))}
	for i, o := range objects {
		if p.items[i].listed, err = textAt(o, row.Response[sesapi.KeyAddress]); err != nil {
			return page{}, err
		}
		url, err := urlAt(row, o)
		if err != nil {
			return page{}, err
		}
		p.items[i].url = callback.NewURL(url)
		if p.items[i].target, err = callback.ParseSender(p.items[i].listed); err != nil {
			return page{}, &listsError{err}
		}
	}
	return p, nil
}

// listsError puts an error into the sentence that begins with the answer.
type listsError struct{ err error }

func (e *listsError) Error() string { return "lists an address that cannot be used: " + e.err.Error() }
func (e *listsError) Unwrap() error { return e.err }
