package ses

import (
	"context"
	"errors"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

const (
	// maxCallbacks bounds what is kept of a list that does not end.
	maxCallbacks = 1_000_000
	// maxReadings is how often a list is read from its beginning when it changes
	// meanwhile.
	maxReadings = 3
)

// errChanging says that the total changed from one page to the next: entries may
// have moved between pages, and been missed.
var errChanging = errors.New("the total changed while it was read")

// senderCallbacks returns the callbacks of senders, all pages of them. What does
// not add up is an error: a callback that is missed could be overwritten unseen.
func (c *Client) senderCallbacks(ctx context.Context) ([]callback.Callback, error) {
	for range maxReadings {
		all, err := c.readPages(ctx)
		if !errors.Is(err, errChanging) {
			return all, err
		}
	}
	row := c.table.Row(sesapi.ListSenderCallbacks)
	return nil, failure.New(failure.Failure, "%s: the total that %s (%s) gives changed from page to page, in each of %d readings",
		cannot(row), row.Action, row.MarkText(), maxReadings).WithHint("try again when nobody changes callbacks")
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

func (c *Client) readPages(ctx context.Context) ([]callback.Callback, error) {
	row := c.table.Row(sesapi.ListSenderCallbacks)
	var all []callback.Callback
	var total int64
	seen := map[callback.Target]bool{}
	for first := true; first || int64(len(seen)) < total; first = false {
		p, a, err := c.readPage(ctx, int64(len(seen)))
		if err != nil {
			return nil, err
		}
		if !first && p.total != total {
			return nil, errChanging
		}
		total = p.total
		read := int64(len(seen) + len(p.items))
		switch {
		case total > maxCallbacks:
			return nil, c.belief(row, a, "gives a total of %d callbacks; more than %d are not read", total, maxCallbacks)
		case read > total:
			return nil, c.belief(row, a, "gives a total of %d callbacks, and has listed %d", total, read)
		case len(p.items) == 0 && read < total:
			return nil, c.belief(row, a, "gives a total of %d callbacks, and ends after %d", total, read)
		}
		for _, i := range p.items {
			if seen[i.target] {
				return nil, c.belief(row, a, "lists %s twice; either a page is repeated, or there are two callbacks", i.target)
			}
			seen[i.target] = true
			c.callbackSpellings.note(i.target, i.listed)
			if !i.url.IsZero() {
				all = append(all, callback.Callback{Target: i.target, URL: i.url})
			}
		}
	}
	return all, nil
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
	total, err := countAt(a.fields, row.Response[sesapi.KeyTotal])
	if err != nil {
		return page{}, err
	}
	objects, err := objectsAt(a.fields, row.Response[sesapi.KeyItems])
	if err != nil {
		return page{}, err
	}
	p := page{total: total, items: make([]item, len(objects))}
	for i, o := range objects {
		if p.items[i].listed, err = textAt(o, row.Response[sesapi.KeyAddress]); err != nil {
			return page{}, err
		}
		url, err := textAt(o, row.Response[sesapi.KeyURL])
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

// listsError makes an error a part of the sentence that begins with the answer.
type listsError struct{ err error }

func (e *listsError) Error() string { return "lists an address that cannot be used: " + e.err.Error() }
func (e *listsError) Unwrap() error { return e.err }
