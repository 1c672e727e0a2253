package cli

import (
	"context"
	"fmt"
	"strings"
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
		probe, probed := probes[row.Operation]
		c, more := checkOperation(row, probe, probed)
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

// probeAll calls every read operation at the endpoint, in parallel.
func probeAll(ctx context.Context, client *ses.Client, table sesapi.Table) map[sesapi.Operation]ses.Probe {
	type answered struct {
		op    sesapi.Operation
		probe ses.Probe
	}
	answers := make(chan answered)
	reads := 0
	for _, row := range table.Rows() {
		if row.Write || row.Off {
			continue
		}
		reads++
		go func() { answers <- answered{row.Operation, client.Probe(ctx, row.Operation)} }()
	}
	probes := make(map[sesapi.Operation]ses.Probe, reads)
	for range reads {
		got := <-answers
		probes[got.op] = got.probe
	}
	return probes
}

func checkEndpoint(s config.Settings, probes map[sesapi.Operation]ses.Probe) check {
	where := fmt.Sprintf("%s (%s)", callback.Mask(s.Endpoint.Value), s.Endpoint.From)
	if s.Local {
		where = "the embedded emulator"
	}
	var err error
	for _, p := range probes {
		if p.Reached {
			return check{"endpoint", statusOK, where + " answers"}
		}
		err = p.Err
	}
	if proxyFailure(probes) != nil {
		return check{"endpoint", statusSkip, where + ": not reached, because the proxy failed"}
	}
	return check{"endpoint", statusFail, fmt.Sprintf("%s: %v", where, err)}
}

const (
	skewTolerated = time.Minute
	skewRefused   = 5 * time.Minute // the service refuses a signature that is older
)

func checkClock(a *app, s config.Settings, probes map[sesapi.Operation]ses.Probe) check {
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

func checkOperation(row sesapi.Row, probe ses.Probe, probed bool) (check, []string) {
	c := check{Check: string(row.Operation), Detail: fmt.Sprintf("%s, %s", row.Action, row.MarkText())}
	switch {
	case row.Off:
		c.Status = statusSkip
		return c, nil
	case !probed:
		c.Status = statusSkip
		c.Detail += "; not called, because it writes"
		return c, nil
	case probe.Err == nil:
		c.Status = statusOK
		c.Detail += fmt.Sprintf("; answered in %s", probe.Duration.Round(time.Millisecond/10))
		return c, nil
	}
	c.Status = statusFail
	c.Detail += "; " + probe.Err.Error()
	return c, failure.HintsOf(probe.Err)
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
