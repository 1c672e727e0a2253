package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/sesctl/sesctl/pkg/callback"
)

const (
	planned  = 10_000 // callbacks in a plan
	changes  = 5_000  // changes that are made as fast as possible
	parallel = 8      // calls in flight, the default of apply

	limitedChanges = 1_000 // changes that are made at a limited rate
	rate           = 200   // the limit, in calls a second
)

// measurePlan compares making a plan with reading the account that it needs.
func measurePlan(ctx context.Context, p *programs) ([]row, error) {
	endpoint, stop, err := serve(ctx, planned)
	if err != nil {
		return nil, err
	}
	defer stop()
	// A tenth of the callbacks change.
	file, err := p.declaration("plan", planned, func(i int) string {
		if i%10 == 0 {
			return fmt.Sprintf("https://hooks.example.com:8081/%d", i)
		}
		return callbackURL(i)
	})
	if err != nil {
		return nil, err
	}
	plan := func() *exec.Cmd { return p.command(endpoint, "sesctl", "callback", "plan", "-f", file, "-o", "json") }
	list := func() *exec.Cmd { return p.command(endpoint, "sesctl", "sender", "list", "-o", "json") }
	ours, theirs, err := inTurns(15, plan, list)
	if err != nil {
		return nil, err
	}
	peak, err := p.peakOf(plan())
	if err != nil {
		return nil, err
	}
	return []row{
		{fmt.Sprintf("callback plan for %d callbacks: wall time against sender list", planned),
			ours.Round(time.Millisecond).String(), theirs.Round(time.Millisecond).String(), ratio(ours, theirs), "at most 1.3"},
		{fmt.Sprintf("callback plan for %d callbacks: peak memory", planned), mebibytes(peak), "", "", "under 64 MiB"},
	}, nil
}

// declaration writes a declaration in which each sender has a callback, and returns
// the path of the file.
func (p *programs) declaration(name string, senders int, url func(i int) string) (string, error) {
	var text strings.Builder
	text.WriteString("version: 1\nsenders:\n")
	for i := range senders {
		fmt.Fprintf(&text, "  %s: %s\n", address(i), url(i))
	}
	file := filepath.Join(p.folder, name+".yaml")
	return file, os.WriteFile(file, []byte(text.String()), 0o600)
}

// measureApply compares apply at a limited rate with that rate, and apply without a
// limit with a loop of the SDK.
func measureApply(ctx context.Context, p *programs) ([]row, error) {
	apply := func(changes int, arg ...string) (func(endpoint string) *exec.Cmd, error) {
		file, err := p.declaration("apply", changes, callbackURL)
		return func(endpoint string) *exec.Cmd {
			return p.command(endpoint, "sesctl", append([]string{"callback", "apply", "-f", file, "--yes", "-q"}, arg...)...)
		}, err
	}
	limited, err := apply(limitedChanges, "--rate", strconv.Itoa(rate))
	if err != nil {
		return nil, err
	}
	atRate, _, err := onFresh(ctx, limitedChanges, limited)
	if err != nil {
		return nil, err
	}
	unlimited, err := apply(changes, "--rate", "0", "--parallel", strconv.Itoa(parallel))
	if err != nil {
		return nil, err
	}
	lines, err := p.lines("loop", changes)
	if err != nil {
		return nil, err
	}
	loop := func(endpoint string) *exec.Cmd {
		return p.command(endpoint, "sdkloop", lines, strconv.Itoa(parallel))
	}
	var ours, theirs []time.Duration
	for range 9 {
		_, a, err := onFresh(ctx, changes, unlimited)
		if err != nil {
			return nil, err
		}
		_, b, err := onFresh(ctx, changes, loop)
		if err != nil {
			return nil, err
		}
		ours, theirs = append(ours, a), append(theirs, b)
	}
	quota := limitedChanges * time.Second / rate
	a, b := median(ours), median(theirs)
	return []row{
		{fmt.Sprintf("callback apply, %d changes at --rate %d: share of the quota used, by wall time", limitedChanges, rate),
			fmt.Sprintf("%.0f/s", limitedChanges/atRate.Seconds()), fmt.Sprintf("%d/s", rate), ratio(quota, atRate), "at least 0.95"},
		{fmt.Sprintf("callback apply, %d changes: writes a second at the emulator against a loop of the SDK", changes),
			fmt.Sprintf("%.0f/s", changes/a.Seconds()), fmt.Sprintf("%.0f/s", changes/b.Seconds()), ratio(b, a), "at least 0.4"},
	}, nil
}

// lines writes the input of sdkloop, and returns the path of the file.
func (p *programs) lines(name string, senders int) (string, error) {
	var text strings.Builder
	for i := range senders {
		fmt.Fprintf(&text, "%s %s\n", address(i), callbackURL(i))
	}
	file := filepath.Join(p.folder, name+".txt")
	return file, os.WriteFile(file, []byte(text.String()), 0o600)
}

// onFresh runs a command on an account without callbacks, and checks that it created
// one for each sender. It returns the wall time of the command. It also returns the
// time from the first write to the last, as the emulator received them.
func onFresh(ctx context.Context, senders int, command func(endpoint string) *exec.Cmd) (wall, writing time.Duration, err error) {
	account, err := newAccount(ctx, senders, callback.Policy{})
	if err != nil {
		return 0, 0, err
	}
	w := &writeWatch{next: account.emulator}
	endpoint, stop, err := serveHandler(ctx, w)
	if err != nil {
		return 0, 0, err
	}
	wall, err = timed(command(endpoint))
	stop()
	if err != nil {
		return 0, 0, err
	}
	snapshot, err := account.client.Load(ctx, callback.PartCallbacks)
	if err == nil && snapshot.Callbacks.Len() != senders {
		err = fmt.Errorf("%d of %d callbacks were created", snapshot.Callbacks.Len(), senders)
	}
	return wall, time.Duration(w.last.Load() - w.first.Load()), err
}

// writeWatch records when the first and the last write arrived.
type writeWatch struct {
	next        http.Handler
	first, last atomic.Int64 // nanoseconds
}

func (w *writeWatch) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	if r.Header.Get("X-Tc-Action") == "CreateAddressTrackUrl" {
		now := time.Now().UnixNano()
		w.first.CompareAndSwap(0, now)
		w.last.Store(now)
	}
	w.next.ServeHTTP(out, r)
}
