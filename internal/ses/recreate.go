package ses

import (
	"context"
	"errors"
	"fmt"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// recreate changes a sender's callback by deleting and creating it. Where the
// creation fails, the former one is put back, even when the caller's context has
// ended; an error tells what is there in the end.
func (c *Client) recreate(ctx context.Context, w write) (callback.Receipt, error) {
	remove := write{op: sesapi.DeleteSenderCallback, target: w.target, what: w.what, from: w.from}
	removed, err := c.do(ctx, remove)
	var e *failure.Error
	switch {
	case errors.As(err, &e) && (e.Unknown || e.Made):
		return callback.Receipt{}, c.putBack(ctx, w, e)
	case err != nil:
		return callback.Receipt{}, gone(err)
	}
	create := write{op: sesapi.CreateSenderCallback, target: w.target, what: w.what, to: w.to}
	receipt, err := c.do(ctx, create)
	if err == nil {
		row := c.table.Row(w.op)
		receipt.Notes = append(append(removed.Notes, receipt.Notes...), fmt.Sprintf(
			"the endpoint does not know %s (%s), so the callback of %s was deleted and created; events in between went to the account's callback, if there is one",
			row.Action, row.MarkText(), w.target))
		return receipt, nil
	}
	return callback.Receipt{}, c.putBack(ctx, w, err)
}

// putBack creates the former callback again, after changing it failed with cause
// on the way, and returns the error that tells what is there now.
func (c *Client) putBack(ctx context.Context, w write, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	_, err := c.do(ctx, write{op: sesapi.CreateSenderCallback, target: w.target, what: "cannot put the former one back", to: w.from})
	found, readErr := w.from, error(nil)
	if err != nil {
		found, readErr = c.urlOf(ctx, w.target)
	}
	out := &failure.Error{Kind: failure.KindOf(cause)}
	var e *failure.Error
	if errors.As(cause, &e) {
		out.Hints, out.APICode, out.RequestID = e.Hints, e.APICode, e.RequestID
	}
	const deleted = "the endpoint has no action for a change, so the callback had been deleted"
	switch {
	case readErr != nil:
		out.Err = fmt.Errorf("%w; %s; %w; what is there now is not known", cause, deleted, err)
	case callback.SameURL(found, w.from):
		out.Err = fmt.Errorf("%w; %s, and the former one was put back", cause, deleted)
		return out
	case callback.SameURL(found, w.to):
		out.Err = fmt.Errorf("%w; reading the account shows that the callback was set all the same", cause)
		out.Made = true
		return out
	case found == "":
		out.Err = fmt.Errorf("%w; %s; %w; %s has no callback of its own now", cause, deleted, err, w.target)
		out.Hints = append(out.Hints, fmt.Sprintf("set it again: sesctl callback set --sender %s URL", w.target))
	default:
		out.Err = fmt.Errorf("%w; reading the account shows another callback of %s: %s", cause, w.target, callback.Mask(found))
	}
	// The account does not hold what it held before: a record of this change must
	// not say that nothing was done.
	out.Unknown = true
	return out
}
