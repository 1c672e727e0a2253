package main

import (
	"context"
	"fmt"
	"net/http"
	"os/exec"
	"slices"
	"time"

	"github.com/sesctl/sesctl/pkg/callback"
)

const (
	wayTo       = 60 * time.Millisecond // to a service that is far away, and back
	quota       = 20                    // calls a second that SES allows for each action
	listedMany  = 2_000
	listedFew   = 100
	pageSize    = 100
	listedTimes = 7
)

// measureList measures how long it takes to read callbacks from a service that is
// far away. Both bounds are computed from the delay that the server adds: many
// callbacks are bound by the quota, few by two calls one after the other.
func measureList(ctx context.Context, p *programs) ([]row, error) {
	var rows []row
	for _, m := range []struct {
		callbacks int
		what      string
		command   func(endpoint, file string) *exec.Cmd
		bound     time.Duration
		against   string
	}{
		{listedMany, "apply at the quota with nothing to change: reading 2,000 callbacks at 60 ms a call",
			func(endpoint, file string) *exec.Cmd {
				return p.command(endpoint, "sesctl", "callback", "apply", "-f", file, "--rate", fmt.Sprint(quota), "--yes", "-q")
			},
			(listedMany/pageSize-1)*time.Second/quota + wayTo, "the bound of the quota"},
		{listedFew, "callback list of 100 callbacks at 60 ms a call",
			func(endpoint, _ string) *exec.Cmd { return p.command(endpoint, "sesctl", "callback", "list", "-q") },
			2 * wayTo, "two calls"},
	} {
		file, err := p.declaration(fmt.Sprintf("list-%d", m.callbacks), m.callbacks, callbackURL)
		if err != nil {
			return nil, err
		}
		took, err := listFrom(ctx, m.callbacks, func(endpoint string) *exec.Cmd { return m.command(endpoint, file) })
		if err != nil {
			return nil, err
		}
		rows = append(rows, row{m.what, took.Round(time.Millisecond).String(), m.against + ", " + m.bound.String(), ratio(took, m.bound), "at most 1.3"})
	}
	return rows, nil
}

// listFrom returns the median time of a command against a service that is far away.
func listFrom(ctx context.Context, callbacks int, command func(endpoint string) *exec.Cmd) (time.Duration, error) {
	endpoint, stop, err := serveFar(ctx, callbacks)
	if err != nil {
		return 0, err
	}
	defer stop()
	var times []time.Duration
	for range listedTimes {
		took, err := timed(command(endpoint))
		if err != nil {
			return 0, err
		}
		times = append(times, took)
	}
	slices.Sort(times)
	return times[len(times)/2], nil
}

// serveFar serves an account as serve does, each answer late.
func serveFar(ctx context.Context, senders int) (endpoint string, stop func(), err error) {
	a, err := filledAccount(ctx, senders, callback.Policy{}, callbackURL)
	if err != nil {
		return "", nil, err
	}
	return serveHandler(ctx, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(wayTo)
		a.emulator.ServeHTTP(w, r)
	}))
}
