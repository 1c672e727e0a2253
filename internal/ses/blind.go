package ses

import (
	"context"
	"errors"
	"slices"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// makeBlind makes a change of an account that was not read. To replace the callback
// of a sender, it is deleted, if there is one, and created. A deletion of a callback
// that does not exist is kind not-found.
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
		out.Hints = append(slices.Clip(out.Hints), "the former callback was deleted; "+failure.Command("sesctl", "callback", "set", change.Target.Address(), "URL", "--blind")+" creates one")
		err = &out
	}
	return receipt, err
}

// blindWrite calls one operation. What it cannot know, nobody looks up afterwards.
func (c *Client) blindWrite(ctx context.Context, op sesapi.Operation, change callback.Change) (callback.Receipt, error) {
	receipt, err := c.write(ctx, op, change)
	var e *failure.Error
	switch {
	case !errors.As(err, &e):
	case e.Unknown:
		return receipt, e.WithHint("whether it was made is not known; look at the console's page of callback addresses before you try again")
	case e.APICode == sesapi.CodeRepeatCreation:
		return receipt, e.WithHint("--replace deletes the callback that is there, and creates the new one")
	}
	return receipt, err
}
