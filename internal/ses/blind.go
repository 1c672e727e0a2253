package ses

import (
	"context"
	"errors"
	"slices"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// makeBlind makes a change without reading the account. To replace a sender's
// callback, it deletes the callback, if there is one, and creates the new
// callback. The deletion of a callback that does not exist fails with kind
// not-found.
func (c *Client) makeBlind(ctx context.Context, change callback.Change, begin func(context.Context) error) (callback.Receipt, error) {
	sender := !change.Target.IsAccount()
	switch {
	case change.Action == callback.ActionDelete && sender:
		return c.blindWrite(ctx, sesapi.DeleteSenderCallback, change)
	case change.Action == callback.ActionDelete:
		return c.blindWrite(ctx, sesapi.ClearAccountCallback, change)
	case !sender:
		return c.blindWrite(ctx, sesapi.SetAccountCallback, change)
	case change.Action == callback.ActionCreate:
		return c.blindWrite(ctx, sesapi.CreateSenderCallback, change)
	}
	if err := begin(ctx); err != nil {
		return callback.Receipt{}, err
	}
	remove := callback.NewBlindChange(change.Target, callback.URL{}, false)
	receipt, err := c.blindWrite(ctx, sesapi.DeleteSenderCallback, remove)
	var e *failure.Error
	if err != nil && (!errors.As(err, &e) || e.Kind != failure.NotFound) {
		return receipt, err
	}
	deleted := err == nil
	receipt, err = c.blindWrite(ctx, sesapi.CreateSenderCallback, change)
	if errors.As(err, &e) && deleted {
		out := *e
		out.Hints = append(slices.Clip(out.Hints), "the previous callback was deleted; "+failure.Command("sesctl", "callback", "set", change.Target.Address(), "URL", "--blind")+" creates one")
		err = &out
	}
	return receipt, err
}

// blindWrite calls one operation. Its outcome is not looked up afterwards.
func (c *Client) blindWrite(ctx context.Context, op sesapi.Operation, change callback.Change) (callback.Receipt, error) {
	receipt, err := c.write(ctx, op, change)
	var e *failure.Error
	switch {
	case !errors.As(err, &e):
	case e.Unknown:
		return receipt, e.WithHint("the outcome is unknown; look at the callback addresses page of the console before you try again")
	case e.APICode == sesapi.CodeRepeatCreation:
		return receipt, e.WithHint("--replace deletes the existing callback and creates the new one")
	}
	return receipt, err
}
