package ses

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// Load reads the given parts at the same time. If an answer contains an invalid
// email address, Load returns an error that names it: a callback that is left out
// could be overwritten by mistake. A sender address that the service lists in two
// spellings counts as one sender.
func (c *Client) Load(ctx context.Context, parts callback.Parts) (callback.Snapshot, error) {
	var account callback.URL
	var callbacks []callback.Callback
	var senders []callback.Sender
	var reads []func(context.Context) error
	add := func(part callback.Parts, read func(context.Context) error) {
		if parts&part != 0 {
			reads = append(reads, read)
		}
	}
	add(callback.PartAccount, func(ctx context.Context) (err error) {
		account, _, err = c.accountURL(ctx)
		return err
	})
	add(callback.PartSenderCallbacks, func(ctx context.Context) (err error) {
		callbacks, err = c.senderCallbacks(ctx)
		return err
	})
	add(callback.PartSenders, func(ctx context.Context) (err error) {
		senders, _, err = c.senders(ctx)
		return err
	})
	if err := together(ctx, reads); err != nil {
		return callback.Snapshot{}, err
	}
	if !account.IsZero() {
		callbacks = append(callbacks, callback.Callback{URL: account})
	}
	set, err := callback.NewSet(callbacks)
	if err != nil {
		return callback.Snapshot{}, failure.New(failure.Failure, "cannot read the account's callbacks: %w", err)
	}
	return callback.Snapshot{Callbacks: set, Senders: senders}, nil
}

// together runs functions at the same time. It returns the first error, which ends
// the other functions.
func together(ctx context.Context, run []func(context.Context) error) error {
	if len(run) == 1 {
		return run[0](ctx)
	}
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	var wait sync.WaitGroup
	var once sync.Once
	var first error
	do := func(f func(context.Context) error) {
		if err := f(inner); err != nil {
			once.Do(func() { first = err; cancel() })
		}
	}
	for _, f := range run {
		wait.Go(func() { do(f) })
	}
	wait.Wait()
	return first
}

// cannot returns the beginning of the message of a read that failed.
func cannot(row sesapi.Row) string { return "cannot " + row.Summary }

// belief returns the error of a row that does not match the answer.
func (c *Client) belief(row sesapi.Row, a answer, format string, args ...any) *failure.Error {
	e := failure.New(failure.Failure, "%s: the answer to %s (%s) %w", cannot(row), row.Action, row.MarkText(), fmt.Errorf(format, args...))
	e.RequestID = a.requestID
	for _, hint := range beliefHints(row) {
		e = e.WithHint("%s", hint)
	}
	return e
}

// accountURL returns the account's callback, or the zero URL.
func (c *Client) accountURL(ctx context.Context) (callback.URL, answer, error) {
	row := c.table.Row(sesapi.GetAccountCallback)
	a, f := c.call(ctx, row, nil)
	if f != nil && meansNone(row, f) {
		return callback.URL{}, a, nil
	}
	if f != nil {
		return callback.URL{}, a, f.failure(cannot(row))
	}
	url, err := urlAt(row, a.fields)
	if err != nil {
		return callback.URL{}, a, c.belief(row, a, "%w", err)
	}
	return callback.NewURL(url), a, nil
}

// senders returns the sender addresses in order.
func (c *Client) senders(ctx context.Context) ([]callback.Sender, answer, error) {
	row := c.table.Row(sesapi.ListSenders)
	a, f := c.call(ctx, row, nil)
	if f != nil {
		return nil, a, f.failure(cannot(row))
	}
	list, err := senderItems(row, a)
	if err != nil {
		return nil, a, c.belief(row, a, "%w", err)
	}
	senders := make([]callback.Sender, 0, len(list))
	for _, item := range list {
		t, err := callback.ParseSender(item.address)
		if err != nil {
			return nil, a, c.belief(row, a, "%w", &listsError{err})
		}
		senders = append(senders, callback.Sender{Target: t, Name: item.name})
	}
	// If one address has several spellings, the normal form wins, else the first
	// spelling.
	for i, item := range slices.Backward(list) {
		c.senderSpellings.note(senders[i].Target, item.address)
	}
	for i, item := range list {
		if t := senders[i].Target; item.address == t.Address() {
			c.senderSpellings.note(t, item.address)
		}
	}
	slices.SortStableFunc(senders, func(a, b callback.Sender) int { return a.Target.Compare(b.Target) })
	senders = slices.CompactFunc(senders, func(a, b callback.Sender) bool { return a.Target == b.Target })
	return senders, a, nil
}

type senderItem struct{ address, name string }

func senderItems(row sesapi.Row, a answer) ([]senderItem, error) {
	var list []senderItem
	objects, err := objectsAt(a.fields, row.Response[sesapi.KeyItems])
	if err != nil {
		return nil, err
	}
	for _, object := range objects {
		address, err := textAt(object, row.Response[sesapi.KeyAddress])
		if err != nil {
			return nil, err
		}
		// The service leaves the name out if there is none.
		name, err := textAt(object, row.Response[sesapi.KeyName])
		if err != nil && !isMissing(err) {
			return nil, err
		}
		list = append(list, senderItem{address, name})
	}
	return list, nil
}
