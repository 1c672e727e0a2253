package cli

import (
	"context"

	"github.com/sesctl/sesctl/internal/account"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/webhook"
	"github.com/sesctl/sesctl/pkg/callback"
)

// checked is one URL to check, and the targets that have it.
type checked struct {
	webhook.Report
	Targets []string // "account" and sender addresses
	Senders []string // sender addresses whose events go there; only of --all
}

// checkList is a list of URLs in which each URL is present once.
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

// serves records that the events of a sender go to a URL of the list.
func (l *checkList) serves(url callback.URL, sender string) {
	if i, known := l.place[callback.NormalizeURL(url.Whole())]; known {
		l.all[i].Senders = append(l.all[i].Senders, sender)
	}
}

// everyCallback returns the callbacks of an account, each URL once, with the senders
// that it serves.
func everyCallback(snapshot callback.Snapshot) []checked {
	var found checkList
	for _, c := range snapshot.Callbacks.All() {
		found.add(c.URL, targetName(c.Target))
	}
	for _, sender := range snapshot.SenderTargets() {
		if url := snapshot.Callbacks.Resolve(sender).URL; !url.IsZero() {
			found.serves(url, sender.Address())
		}
	}
	return found.all
}

// effectiveOf returns the effective callbacks of targets, each URL once.
func effectiveOf(ctx context.Context, at *account.Account, targets []callback.Target) ([]checked, error) {
	urls, err := at.EffectiveURLs(ctx, targets...)
	var found checkList
	for i, url := range urls {
		found.add(url, targetName(targets[i]))
	}
	return found.all, err
}

// uniqueURLs returns the URLs, each once. It refuses text that is not a URL. It accepts
// a port that SES does not support, because the check is still useful.
func uniqueURLs(a *app, urls []string) ([]checked, error) {
	found := checkList{}
	for _, text := range urls {
		url := callback.NewURL(text)
		for _, p := range callback.CheckURL(text, callback.Policy{PrivateHosts: true}) {
			if p.Severity == callback.SeverityError && p.Rule != "url-port" && p.Rule != "url-fragment" {
				return nil, failure.New(failure.Usage, "invalid URL %s: %s (%s)", a.url(url), p.Message, p.Rule).WithHint("%s", p.Hint)
			}
		}
		found.add(url)
	}
	return found.all, nil
}
