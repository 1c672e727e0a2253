package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sesctl/sesctl/internal/account"
	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/ses"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// check is the result of one check of doctor.
type check struct {
	Check  string `json:"check"`
	Status string `json:"status"`
	Detail string `json:"detail"`
}

// runChecks runs the checks of doctor in order. If a check fails that the others depend
// on, they are skipped. The hints are the next steps after the checks that failed.
func runChecks(ctx context.Context, a *app, at *account.Account) (checks []check, hints []string) {
	settings, err := at.Settings()
	if err != nil {
		return stoppedAt("configuration", err, nil, sesapi.Default()), failure.HintsOf(err)
	}
	checks = append(checks, checkConfiguration(settings))
	client, err := at.Client(ctx)
	if err != nil {
		name := "credentials"
		if failure.KindOf(err) != failure.Auth {
			name = "endpoint"
		}
		return stoppedAt(name, err, checks, settings.Table), failure.HintsOf(err)
	}
	checks = append(checks, check{"credentials", statusOK, at.CredentialsFrom()})
	if loans := a.checkLoans(at); loans.Status != statusOK {
		checks = append(checks, loans)
	}
	probes := probeAll(ctx, client, settings.Table)
	if proxy := checkProxy(a, settings, probes); proxy != nil {
		checks = append(checks, *proxy)
	}
	checks = append(checks, checkEndpoint(settings, probes), checkClock(a, settings, probes))
	for _, row := range settings.Table.Rows() {
		i := slices.IndexFunc(probes, func(p probe) bool { return p.operation == row.Operation })
		if i < 0 {
			checks = append(checks, uncalledOperation(row))
			continue
		}
		c, more := checkOperation(row, probes[i].Probe)
		checks, hints = append(checks, c), append(hints, more...)
	}
	return checks, hints
}

// checkLoans checks for loans that an interrupted process left.
func (a *app) checkLoans(at *account.Account) check {
	left, err := at.AbandonedLoans()
	switch {
	case err != nil:
		return check{"loans", statusWarn, err.Error()}
	case len(left) == 0:
		return check{"loans", statusOK, "nothing is borrowed"}
	}
	detail := a.loanText(left[0])
	if more := len(left) - 1; more > 0 {
		detail += "; and " + plural(more, "other", "others")
	}
	return check{"loans", statusWarn, detail}
}

func checkConfiguration(s config.Settings) check {
	var parts []string
	if s.File == "" {
		parts = append(parts, "no configuration file")
	} else {
		parts = append(parts, s.File)
	}
	if s.Profile != "" {
		parts = append(parts, fmt.Sprintf("profile %s (%s)", s.Profile, s.ProfileFrom))
	}
	if s.Local {
		parts = append(parts, fmt.Sprintf("embedded emulator (%s), state %s", s.LocalFrom, s.LocalState))
	} else {
		parts = append(parts, fmt.Sprintf("region %s (%s)", s.Region.Value, s.Region.From))
	}
	return check{"configuration", statusOK, strings.Join(parts, "; ")}
}

// probe is the result of a test call of an operation.
type probe struct {
	operation sesapi.Operation
	ses.Probe
}

// probeAll calls every read operation at the endpoint, in parallel. The results are in
// the order of the table.
func probeAll(ctx context.Context, client *ses.Client, table sesapi.Table) []probe {
	var probes []probe
	for _, row := range table.Rows() {
		if !row.Write && !row.Off {
			probes = append(probes, probe{operation: row.Operation})
		}
	}
	var calls sync.WaitGroup
	for i := range probes {
		p := &probes[i]
		calls.Go(func() { p.Probe = client.Probe(ctx, p.operation) })
	}
	calls.Wait()
	return probes
}

func checkEndpoint(s config.Settings, probes []probe) check {
	where := fmt.Sprintf("%s (%s)", callback.Mask(s.Endpoint.Value), s.Endpoint.From)
	if s.Local {
		where = "the embedded emulator"
	}
	switch {
	case slices.ContainsFunc(probes, func(p probe) bool { return p.Reached }):
		return check{"endpoint", statusOK, where + " answers"}
	case len(probes) == 0:
		return check{"endpoint", statusSkip, where + ": not called, because the profile switches off every read operation"}
	case proxyFailure(probes) != nil:
		return check{"endpoint", statusSkip, where + ": not reached, because the proxy failed"}
	}
	return check{"endpoint", statusFail, fmt.Sprintf("%s: %v", where, probes[0].Err)}
}

const (
	skewTolerated = time.Minute
	skewRefused   = 5 * time.Minute // the service refuses a signature that is older
)

func checkClock(a *app, s config.Settings, probes []probe) check {
	if s.Local {
		return check{"clock", statusOK, "the embedded emulator uses the clock of this machine"}
	}
	for _, p := range probes {
		if p.ServerTime.IsZero() {
			continue
		}
		skew := a.env.Now().Sub(p.ServerTime).Round(time.Second)
		detail := fmt.Sprintf("the clocks of this machine and the endpoint differ by %s", skew.Abs())
		switch {
		case skew.Abs() >= skewRefused:
			return check{"clock", statusFail, detail + "; the service refuses signatures that are more than 5 minutes off: set the clock of this machine"}
		case skew.Abs() >= skewTolerated:
			return check{"clock", statusWarn, detail + "; from 5 minutes on, the service refuses signatures"}
		}
		return check{"clock", statusOK, detail}
	}
	return check{"clock", statusSkip, "the endpoint did not report its time"}
}

func checkOperation(row sesapi.Row, probe ses.Probe) (check, []string) {
	c := check{Check: string(row.Operation), Detail: fmt.Sprintf("%s, %s", row.Action, row.MarkText())}
	if probe.Err == nil {
		c.Status = statusOK
		c.Detail += fmt.Sprintf("; answered in %s", probe.Duration.Round(time.Millisecond/10))
		return c, nil
	}
	c.Status = statusFail
	c.Detail += "; " + probe.Err.Error()
	return c, failure.HintsOf(probe.Err)
}

// uncalledOperation returns the check of an operation that is not called, because it
// writes or is switched off.
func uncalledOperation(row sesapi.Row) check {
	c := check{string(row.Operation), statusSkip, fmt.Sprintf("%s, %s", row.Action, row.MarkText())}
	if !row.Off {
		c.Detail += "; not called, because it writes"
	}
	return c
}

// stoppedAt adds the remaining checks as skipped, after a check failed that all of them
// depend on.
func stoppedAt(name string, err error, checks []check, table sesapi.Table) []check {
	for _, next := range []string{"configuration", "credentials", "endpoint", "clock"}[len(checks):] {
		if next == name {
			checks = append(checks, check{next, statusFail, callback.MaskText(err.Error())})
		} else {
			checks = append(checks, check{next, statusSkip, "not checked"})
		}
	}
	for _, row := range table.Rows() {
		checks = append(checks, check{string(row.Operation), statusSkip, fmt.Sprintf("%s, %s; not called, because an earlier check failed", row.Action, row.MarkText())})
	}
	return checks
}
