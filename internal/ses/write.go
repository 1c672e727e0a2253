package ses

import (
	"context"
	"errors"
	"fmt"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// Make sends one change. If the endpoint has no action to change a sender's
// callback, Make deletes and creates it, and adds a note to the receipt.
//
// The service sets the account's callback in either case, so a callback that
// appeared there since the caller read is overwritten. To delete a sender's
// callback that does not exist is an error of kind not-found. To delete the
// account's callback always succeeds.
func (c *Client) Make(ctx context.Context, change callback.Change) (callback.Receipt, error) {
	return c.MakeInSteps(ctx, change, func(context.Context) error { return nil })
}

// MakeInSteps does the same as [Client.Make]. It calls begin before it deletes a
// callback to create another in its place. If begin fails, it deletes nothing and
// returns the error of begin.
func (c *Client) MakeInSteps(ctx context.Context, change callback.Change, begin func(context.Context) error) (callback.Receipt, error) {
	if change.Blind {
		return c.makeBlind(ctx, change, begin)
	}
	op, err := operation(change)
	if err != nil {
		return callback.Receipt{}, err
	}
	receipt, err := c.write(ctx, op, change)
	if op != sesapi.ChangeSenderCallback {
		return receipt, err
	}
	var e *failure.Error
	if errors.As(err, &e) && e.APICode == sesapi.CodeInvalidAction {
		return c.recreate(ctx, change, begin)
	}
	return receipt, gone(err)
}

// operation returns the operation of the service for a change.
func operation(c callback.Change) (sesapi.Operation, error) {
	ofAccount := c.Target.IsAccount()
	switch {
	case c.Action == callback.ActionDelete && ofAccount:
		return sesapi.ClearAccountCallback, nil
	case c.Action == callback.ActionDelete:
		return sesapi.DeleteSenderCallback, nil
	case c.New.IsZero():
		return "", failure.New(failure.Usage, "%s: the URL is empty", cannotMake(c))
	case ofAccount:
		return sesapi.SetAccountCallback, nil
	case c.Action == callback.ActionCreate:
		return sesapi.CreateSenderCallback, nil
	}
	return sesapi.ChangeSenderCallback, nil
}

// cannotMake returns the beginning of the message of a change that failed.
func cannotMake(c callback.Change) string {
	if c.Action == callback.ActionDelete {
		return fmt.Sprintf("cannot remove the callback of %s", c.Target)
	}
	return fmt.Sprintf("cannot set the callback of %s", c.Target)
}

// gone turns the error of a change that found no callback into a conflict: the
// caller had read a callback there.
func gone(err error) error {
	var e *failure.Error
	if !errors.As(err, &e) || e.APICode != sesapi.CodeResourceNotFound {
		return err
	}
	out := failure.New(failure.Conflict, "%w; the callback existed when the account was read", err)
	out.APICode, out.RequestID = e.APICode, e.RequestID
	return out.WithHint("run the command again to create the callback")
}

// write calls one operation. Its error is nil or a *failure.Error. The error is
// marked Unknown if the service may have carried out the call.
func (c *Client) write(ctx context.Context, op sesapi.Operation, change callback.Change) (callback.Receipt, error) {
	a, f := c.call(ctx, c.table.Row(op), values{sesapi.KeyAddress: c.addressOf(change.Target), sesapi.KeyURL: change.New.Whole()})
	if f == nil {
		return callback.Receipt{RequestID: a.requestID}, nil
	}
	e := f.failure(cannotMake(change))
	e.Unknown = f.uncertain
	return callback.Receipt{RequestID: f.requestID}, e
}
