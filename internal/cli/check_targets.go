package cli

import (
	"context"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/webhook"
	"github.com/sesctl/sesctl/pkg/callback"
)

// checkList holds each URL once.
type checkList struct {
	all   []checked
	place map[string]int // by normalised URL
}

func (l *checkList) add(url callback.URL, targets ...string) {
	normal := callback.NormalizeURL(url.Whole())
	i, known := l.place[normal]
	if !known {
		if l.place == nil {
			l.place = map[string]int{}
		}
		i, l.place[normal] = len(l.all), len(l.all)
		l.all = append(l.all, checked{Report: webhook.Report{URL: url}})
	}
	l.all[i].Targets = append(l.all[i].Targets, targets...)
}

// serves adds a sender whose events go to a URL of the list.
func (l *checkList) serves(url callback.URL, sender string) {
	if i, known := l.place[callback.NormalizeURL(url.Whole())]; known {
		l.all[i].Senders = append(l.all[i].Senders, sender)
	}
}

// effectiveURLs returns where the events of targets go, each URL once. It fails if one
// of the targets has no effective callback.
func (a *app) effectiveURLs(ctx context.Context, targets []callback.Target) ([]checked, error) {
	parts := callback.PartAccount
	for _, t := range targets {
		if !t.IsAccount() {
			parts = callback.PartAll
		}
	}
	_, snapshot, err := a.read(ctx, parts)
	if err != nil {
		return nil, err
	}
	var found checkList
	for _, t := range targets {
		url, err := effectiveURL(snapshot, t)
		if err != nil {
			return nil, err
		}
		found.add(url, targetName(t))
	}
	return found.all, nil
}

// effectiveURL returns where the events of a target go: of the account, its
// callback; of a sender, the effective one.
func (a *app) effectiveURL(ctx context.Context, target callback.Target) (callback.URL, error) {
	all, err := a.effectiveURLs(ctx, []callback.Target{target})
	if err != nil {
		return callback.URL{}, err
	}
	return all[0].URL, nil
}

func effectiveURL(snapshot callback.Snapshot, target callback.Target) (callback.URL, error) {
	if err := requireSender(snapshot, target); err != nil {
		return callback.URL{}, err
	}
	url := snapshot.Callbacks.Resolve(target).URL
	switch {
	case !url.IsZero():
		return url, nil
	case target.IsAccount():
		return url, failure.New(failure.NotFound, "%s has no callback", target).WithHint("'sesctl callback set account URL' creates it")
	}
	return url, failure.New(failure.NotFound, "no events are sent for %s: neither it nor the account has a callback", target).
		WithHint("%s creates one", failure.Command("sesctl", "callback", "set", target.Address(), "URL"))
}
