package account

import (
	"context"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// Read reads parts of the account. It also returns the store, for changes.
func (a *Account) Read(ctx context.Context, parts callback.Parts) (callback.Store, callback.Snapshot, error) {
	store, err := a.Store(ctx)
	if err != nil {
		return nil, callback.Snapshot{}, err
	}
	snapshot, err := store.Load(ctx, parts)
	return store, snapshot, err
}

// ReadTarget reads what a change of one target needs. The error has kind not_found if the
// account does not have the sender address.
func (a *Account) ReadTarget(ctx context.Context, t callback.Target) (callback.Store, callback.Snapshot, error) {
	parts := callback.PartOf(t)
	if !t.IsAccount() {
		parts |= callback.PartSenders
	}
	store, snapshot, err := a.Read(ctx, parts)
	if err == nil {
		err = requireSender(snapshot, t)
	}
	return store, snapshot, err
}

// requireSender fails if the account does not have the sender address.
func requireSender(snapshot callback.Snapshot, t callback.Target) error {
	if t.IsAccount() || snapshot.Registered(t) {
		return nil
	}
	err := failure.New(failure.NotFound, "the account has no sender address %s", t)
	for _, sender := range snapshot.Senders {
		if sender.Target.Domain() == t.Domain() {
			return err.WithHint("the account has %s; 'sesctl sender list' shows all sender addresses", sender.Target)
		}
	}
	return err.WithHint("'sesctl sender list' shows the registered addresses; create addresses in the SES console")
}

// EffectiveURLs returns where the events of targets go, in their order: for the account,
// its callback; for a sender, the effective callback. The error has kind not_found if a
// target has none, or if the account does not have the sender address.
func (a *Account) EffectiveURLs(ctx context.Context, targets ...callback.Target) ([]callback.URL, error) {
	parts := callback.PartAccount
	for _, t := range targets {
		if !t.IsAccount() {
			parts = callback.PartAll
		}
	}
	_, snapshot, err := a.Read(ctx, parts)
	if err != nil {
		return nil, err
	}
	urls := make([]callback.URL, len(targets))
	for i, t := range targets {
		if urls[i], err = effectiveURL(snapshot, t); err != nil {
			return nil, err
		}
	}
	return urls, nil
}

// effectiveURL returns where the events of one target go.
func effectiveURL(snapshot callback.Snapshot, t callback.Target) (callback.URL, error) {
	if err := requireSender(snapshot, t); err != nil {
		return callback.URL{}, err
	}
	url := snapshot.Callbacks.Resolve(t).URL
	switch {
	case !url.IsZero():
		return url, nil
	case t.IsAccount():
		return url, failure.New(failure.NotFound, "%s has no callback", t).WithHint("'sesctl callback set account URL' creates it")
	}
	return url, failure.New(failure.NotFound, "no events are sent for %s: neither it nor the account has a callback", t).
		WithHint("%s creates one", failure.Command("sesctl", "callback", "set", t.Address(), "URL"))
}
