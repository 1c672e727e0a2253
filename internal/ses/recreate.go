package ses

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// putBackTime limits how long sesctl tries to put back the previous callback. The
// end of the caller's context does not stop this.
const putBackTime = 10 * time.Second

// recreate changes a sender's callback: it deletes the callback and creates it
// again. If one of the two fails or its outcome is unknown, the previous callback
// is put back, even if the caller's context has ended. If it may not have been put
// back, the error is marked Unknown.
func (c *Client) recreate(ctx context.Context, change callback.Change, begin func(context.Context) error) (callback.Receipt, error) {
	if err := begin(ctx); err != nil {
		return callback.Receipt{}, err
	}
	remove := callback.NewChange(change.Target, change.Old, callback.URL{})
	receipt, err := c.write(ctx, sesapi.DeleteSenderCallback, remove)
	var e *failure.Error
	switch {
	case errors.As(err, &e) && e.Unknown:
		return receipt, c.putBack(ctx, change, e)
	case err != nil:
		return receipt, gone(err)
	}
	receipt, err = c.write(ctx, sesapi.CreateSenderCallback, callback.NewChange(change.Target, callback.URL{}, change.New))
	if errors.As(err, &e) {
		return receipt, c.putBack(ctx, change, e)
	}
	row := c.table.Row(sesapi.ChangeSenderCallback)
	receipt.Notes = append(receipt.Notes, fmt.Sprintf(
		"the endpoint does not know %s (%s), so the callback of %s was deleted and created again; between the two, its events went to the account's callback, if there is one",
		row.Action, row.MarkText(), change.Target))
	return receipt, nil
}

// putBack creates the previous callback again, after cause stopped the change
// halfway. It returns cause with the result.
func (c *Client) putBack(ctx context.Context, change callback.Change, cause *failure.Error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), putBackTime)
	defer cancel()
	_, err := c.write(ctx, sesapi.CreateSenderCallback, callback.NewChange(change.Target, callback.URL{}, change.Old))
	out := *cause
	const deleted = "the endpoint has no action that changes a callback, so the callback was deleted first"
	if out.Unknown = err != nil; out.Unknown {
		out.Err = fmt.Errorf("%w; %s; the previous callback cannot be restored: %w", cause.Err, deleted, err)
		out.Hints = append(slices.Clip(out.Hints), "if the sender has no callback now, set it again:  "+failure.Command("sesctl", "callback", "set", "--sender", change.Target.Address(), "URL"))
	} else {
		out.Err = fmt.Errorf("%w; %s, and the previous callback was restored", cause.Err, deleted)
	}
	return &out
}
