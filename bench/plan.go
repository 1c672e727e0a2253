package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/sesctl/sesctl/pkg/callback"
)

const (
	planned  = 10_000 // callbacks that a plan is made for
	applied  = 1_000  // changes that are carried out
	rate     = 200    // changes a second, where they are limited
	parallel = 8      // changes at a time, as apply has it by default
)

// measurePlan compares a plan with reading what it is made from.
func measurePlan(ctx context.Context, p programs) ([]row, error) {
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
	plan := func() *exec.Cmd { return p.command(endpoint, p.sesctl, "callback", "plan", "-f", file, "-o", "json") }
	list := func() *exec.Cmd { return p.command(endpoint, p.sesctl, "sender", "list", "-o", "json") }
	ours, theirs, err := inTurns(15, plan, list)
	if err != nil {
		return nil, err
	}
	_, peak, err := timed(plan())
	if err != nil {
		return nil, err
	}
	return []row{
		{fmt.Sprintf("callback plan for %d callbacks: wall time against sender list", planned),
			ours.Round(time.Millisecond).String(), theirs.Round(time.Millisecond).String(), ratio(ours, theirs), "at most 1.3"},
		{fmt.Sprintf("callback plan for %d callbacks: peak memory", planned), mebibytes(peak), "", "", "under 64 MiB"},
	}, nil
}

// declaration writes one that gives each sender a callback.
func (p programs) declaration(name string, senders int, url func(i int) string) (string, error) {
	var text strings.Builder
	text.WriteString("version: 1\nsenders:\n")
	for i := range senders {
		fmt.Fprintf(&text, "  %s: %s\n", address(i), url(i))
	}
	file := filepath.Join(p.folder, name+".yaml")
	return file, os.WriteFile(file, []byte(text.String()), 0o600)
}

// measureApply compares apply with the quota that it was given, and without one
// with a loop of the SDK.
func measureApply(ctx context.Context, p programs) ([]row, error) {
	file, err := p.declaration("apply", applied, callbackURL)
	if err != nil {
		return nil, err
	}
	var lines strings.Builder
	for i := range applied {
		fmt.Fprintf(&lines, "%s %s\n", address(i), callbackURL(i))
	}
	loop := filepath.Join(p.folder, "apply.txt")
	if err := os.WriteFile(loop, []byte(lines.String()), 0o600); err != nil {
		return nil, err
	}
	apply := func(endpoint string, limit int) *exec.Cmd {
		return p.command(endpoint, p.sesctl, "callback", "apply", "-f", file, "--yes", "-q",
			"--rate", strconv.Itoa(limit), "--parallel", strconv.Itoa(parallel))
	}
	atRate, err := onFresh(ctx, func(endpoint string) *exec.Cmd { return apply(endpoint, rate) })
	if err != nil {
		return nil, err
	}
	var ours, theirs []time.Duration
	for range 9 {
		a, err := onFresh(ctx, func(endpoint string) *exec.Cmd { return apply(endpoint, 0) })
		if err != nil {
			return nil, err
		}
		b, err := onFresh(ctx, func(endpoint string) *exec.Cmd {
			return p.command(endpoint, p.sdkloop(), loop, strconv.Itoa(parallel))
		})
		if err != nil {
			return nil, err
		}
		ours, theirs = append(ours, a), append(theirs, b)
	}
	quota := applied * time.Second / rate
	a, b := median(ours), median(theirs)
	perSecond := func(d time.Duration) string { return fmt.Sprintf("%.0f/s", applied/d.Seconds()) }
	return []row{
		{fmt.Sprintf("callback apply, %d changes at --rate %d: share of the quota used", applied, rate),
			perSecond(atRate), fmt.Sprintf("%d/s", rate), ratio(quota, atRate), "at least 0.95"},
		{fmt.Sprintf("callback apply, %d changes: changes a second against a loop of the SDK", applied),
			perSecond(a), perSecond(b), ratio(b, a), "at least 0.8"},
	}, nil
}

// onFresh runs a command on an account without callbacks and checks that it made
// all of them.
func onFresh(ctx context.Context, command func(endpoint string) *exec.Cmd) (time.Duration, error) {
	account, err := newAccount(ctx, applied, callback.Policy{})
	if err != nil {
		return 0, err
	}
	endpoint, stop, err := account.serve(ctx)
	if err != nil {
		return 0, err
	}
	defer stop()
	took, _, err := timed(command(endpoint))
	if err != nil {
		return 0, err
	}
	snapshot, err := account.client.Load(ctx, callback.PartCallbacks)
	if err == nil && snapshot.Callbacks.Len() != applied {
		err = fmt.Errorf("%d of %d callbacks were made", snapshot.Callbacks.Len(), applied)
	}
	return took, err
}
