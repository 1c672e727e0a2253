package ses

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// settleTime bounds how long the account is read after a write whose outcome is
// unknown, and how long a former callback is being put back. The caller's
// context does not end either.
const settleTime = 10 * time.Second

// settlePause lies between two readings, where the first finds the state from
// before the write: the service may still be at it.
const settlePause = time.Second

// write is one write, as data.
type write struct {
	op     sesapi.Operation
	target callback.Target
	what   string // what it is for: "cannot set the callback of ..."
	from   string // the URL that is there before, as far as is known
	to     string // the URL that is to be there; "" for none
}

func setting(t callback.Target) string  { return fmt.Sprintf("cannot set the callback of %s", t) }
func removing(t callback.Target) string { return fmt.Sprintf("cannot remove the callback of %s", t) }

// Put sets the callback of a target. A sender's is created where old is "", and
// changed otherwise; where the endpoint has no action for a change, it is deleted
// and created, and the receipt says so. The service sets the account's in either
// case, so a callback that appeared there since the caller looked is overwritten.
func (c *Client) Put(ctx context.Context, cb callback.Callback, old string) (callback.Receipt, error) {
	if cb.URL == "" {
		return callback.Receipt{}, failure.New(failure.Usage, "%s: the URL is empty", setting(cb.Target))
	}
	w := write{op: sesapi.SetAccountCallback, target: cb.Target, what: setting(cb.Target), from: old, to: cb.URL}
	switch {
	case !cb.Target.IsAccount() && old == "":
		w.op = sesapi.CreateSenderCallback
	case !cb.Target.IsAccount():
		w.op = sesapi.ChangeSenderCallback
	}
	receipt, err := c.do(ctx, w)
	if w.op != sesapi.ChangeSenderCallback {
		return receipt, err
	}
	var e *failure.Error
	if errors.As(err, &e) && e.APICode == sesapi.CodeInvalidAction {
		return c.recreate(ctx, w)
	}
	return receipt, gone(err)
}

// gone turns the error of a change that found no callback into a conflict: the
// caller had read one there.
func gone(err error) error {
	var e *failure.Error
	if !errors.As(err, &e) || e.APICode != sesapi.CodeResourceNotFound {
		return err
	}
	out := failure.New(failure.Conflict, "%w; it was there when the account was read", err)
	out.APICode, out.RequestID = e.APICode, e.RequestID
	return out.WithHint("run it again to create the callback")
}

// Delete removes the callback of a target. A sender that has none is kind
// not-found; the account's is cleared in either case.
func (c *Client) Delete(ctx context.Context, cb callback.Callback) (callback.Receipt, error) {
	w := write{op: sesapi.ClearAccountCallback, target: cb.Target, what: removing(cb.Target), from: cb.URL}
	if !cb.Target.IsAccount() {
		w.op = sesapi.DeleteSenderCallback
	}
	return c.do(ctx, w)
}

// do sends a write and tells what became of it. Its error is nil, or a
// *failure.Error.
func (c *Client) do(ctx context.Context, w write) (callback.Receipt, error) {
	row := c.table.Row(w.op)
	a, f := c.call(ctx, row, values{sesapi.KeyAddress: c.addressOf(w.target), sesapi.KeyURL: w.to})
	switch {
	case f == nil:
		return callback.Receipt{RequestID: a.requestID}, nil
	case !f.uncertain:
		return callback.Receipt{}, f.failure(w.what)
	}
	return c.settle(ctx, w, f)
}

// settle reads what is there after a write whose outcome is unknown.
func (c *Client) settle(ctx context.Context, w write, f *fault) (callback.Receipt, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	found, err := c.urlOf(ctx, w.target)
	if err == nil && callback.SameURL(found, w.from) && !callback.SameURL(found, w.to) && c.pause(ctx, settlePause) == nil {
		found, err = c.urlOf(ctx, w.target)
	}
	e := f.failure(w.what)
	interrupted := f.kind == failure.Interrupted
	switch {
	case err != nil:
		e.Unknown = true
		e.Err = fmt.Errorf("%w; whether it was done is not known, because reading the account failed too: %w", e.Err, err)
		return callback.Receipt{}, e.WithHint("look with 'sesctl callback list' before you try again")
	case callback.SameURL(found, w.to) && interrupted:
		e.Made = true
		e.Err = fmt.Errorf("interrupted after the callback of %s was %s", w.target, w.done())
		return callback.Receipt{}, e
	case callback.SameURL(found, w.to):
		return callback.Receipt{RequestID: f.requestID, Notes: []string{
			fmt.Sprintf("%s; reading the account shows that the callback of %s was %s all the same", f.says, w.target, w.done())}}, nil
	case callback.SameURL(found, w.from):
		e.Err = fmt.Errorf("%w; reading the account shows that nothing was changed", e.Err)
		return callback.Receipt{}, e
	case found == "":
		e.Kind, e.Err = failure.Conflict, fmt.Errorf("%w; reading the account shows that %s has no callback now", e.Err, w.target)
	default:
		e.Kind, e.Err = failure.Conflict, fmt.Errorf("%w; reading the account shows another callback of %s: %s", e.Err, w.target, callback.Mask(found))
	}
	if interrupted {
		e.Kind = failure.Interrupted
	}
	return callback.Receipt{}, e
}

func (w write) done() string {
	if w.to == "" {
		return "removed"
	}
	return "set"
}

// urlOf reads the callback of one target, in a reading that begins after the call.
func (c *Client) urlOf(ctx context.Context, t callback.Target) (string, error) {
	began, shared, op := time.Now(), c.ofSenders, sesapi.ListSenderCallbacks
	if t.IsAccount() {
		shared, op = c.ofAccount, sesapi.GetAccountCallback
	}
	set, err := shared.fresh(ctx)
	if err != nil && errors.Is(err, ctx.Err()) {
		return "", c.endedFault(ctx, began, nil).failure(cannot(c.table.Row(op)))
	}
	return set.URL(t), err
}
