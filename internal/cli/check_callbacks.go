package cli

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/account"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/webhook"
	"github.com/sesctl/sesctl/pkg/callback"
)

// checkTime limits the time of all checks of a command if --timeout was not given. The
// command itself has more time, because it reads the account first.
const checkTime = 10 * time.Second

// checker returns a checker with the settings of the account.
func (a *app) checker(at *account.Account) (*webhook.Checker, error) {
	settings, err := at.Settings()
	if err != nil {
		return nil, err
	}
	limit := checkTime
	if a.flags.limited {
		limit = a.flags.timeout
	}
	return &webhook.Checker{Timeout: limit, AllowPrivate: settings.Loopback(), Now: a.env.Now}, nil
}

// checkCallbacks checks callbacks in parallel. On a terminal, it shows a progress bar if
// there are many.
func (a *app) checkCallbacks(ctx context.Context, checker *webhook.Checker, urls []callback.URL) ([]webhook.Report, error) {
	bar := a.bar("checking", len(urls))
	reports := checker.CheckAll(ctx, urls, func(_ int, r webhook.Report) {
		bar.step(a.url(r.URL)+": "+finding(r), r.Status == webhook.Fail)
	})
	bar.end()
	if err := ctx.Err(); errors.Is(err, context.Canceled) {
		return nil, err
	}
	return reports, nil
}

// bar returns a progress display that shows nothing without a terminal.
func (a *app) bar(what string, steps int) *progress {
	p := a.progress(what, steps)
	p.lines = io.Discard
	return p
}

// verify checks callbacks before they are written. In a dry run it sends no sample
// event. Its error states that nothing was changed, so call it before any change.
func (a *app) verify(ctx context.Context, at *account.Account, dryRun bool, urls ...callback.URL) error {
	if len(urls) == 0 {
		return nil
	}
	checker, err := a.checker(at)
	if err != nil {
		return err
	}
	checker.NoPost = dryRun
	reports, err := a.checkCallbacks(ctx, checker, urls)
	if err != nil {
		return err
	}
	var failed []webhook.Report
	for _, r := range reports {
		switch r.Status {
		case webhook.Fail:
			failed = append(failed, r)
		case webhook.Warn:
			a.warnAt(at, "%s: %s", a.url(r.URL), finding(r))
		}
	}
	if len(failed) == 0 {
		return nil
	}
	verdict := failure.New(failure.Finding, "%s cannot receive events: %s; nothing was changed", a.url(failed[0].URL), finding(failed[0]))
	if more := len(failed) - 1; more > 0 {
		verdict = failure.New(failure.Finding, "%w (and %s)", verdict.Err, plural(more, "other callback cannot either", "other callbacks cannot either"))
	}
	return verdict.WithHint("'sesctl callback check URL' shows every step")
}

// finding describes the result of a check in a few words: what is wrong, or else what
// the last steps saw.
func finding(r webhook.Report) string {
	var wrong, seen []string
	for _, s := range r.Steps {
		switch {
		case s.Status == webhook.Fail || s.Status == webhook.Warn:
			wrong = append(wrong, s.Name+": "+s.Detail)
		case s.Status == webhook.OK && (s.Name == webhook.StepTLS || s.Name == webhook.StepPost):
			seen = append(seen, s.Detail)
		case s.Status == webhook.OK && s.Name == webhook.StepTCP && len(seen) == 0:
			seen = append(seen, s.Detail)
		}
	}
	if len(wrong) > 0 {
		return strings.Join(wrong, "; ")
	}
	return strings.Join(seen, "; ")
}
