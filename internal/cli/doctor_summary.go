package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// doctorSummary returns a few lines: what works on the account, what does not, and the
// next step.
func doctorSummary(settings config.Settings, checks []check) []string {
	var works, fails, untried []string
	rows := settings.Table.Rows()
	for _, row := range rows {
		i := slices.IndexFunc(checks, func(c check) bool { return c.Check == string(row.Operation) })
		switch {
		case i < 0:
		case row.Off:
			fails = append(fails, row.Summary+" (switched off)")
		case checks[i].Status == statusOK:
			works = append(works, row.Summary)
		case checks[i].Status == statusFail:
			fails = append(fails, row.Summary)
		case row.Write:
			untried = append(untried, row.Summary)
		}
	}
	lines := []string{""}
	for _, part := range []struct {
		title string
		names []string
	}{{"works", works}, {"does not work", fails}, {"not called, because it writes", untried}} {
		if len(part.names) > 0 {
			lines = append(lines, fmt.Sprintf("%s: %s", part.title, strings.Join(part.names, ", ")))
		}
	}
	return append(lines, "next: "+nextStep(settings, checks))
}

// nextStep returns the most useful next step, given the first check that failed.
func nextStep(settings config.Settings, checks []check) string {
	failed := func(name string) bool {
		return slices.ContainsFunc(checks, func(c check) bool { return c.Check == name && c.Status == statusFail })
	}
	row := func(op sesapi.Operation) bool { return failed(string(op)) }
	off := settings.Table.Row(sesapi.GetAccountCallback).Off || settings.Table.Row(sesapi.ListSenderCallbacks).Off
	switch {
	case failed("configuration"):
		return "correct the configuration, then run 'sesctl doctor' again"
	case failed("credentials"):
		return "set TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY, or try everything without an account: sesctl --local"
	case failed("proxy"):
		return "correct the proxy, or add the host of the endpoint to NO_PROXY; then run 'sesctl doctor' again"
	case failed("endpoint"):
		return "check the endpoint and the network; 'sesctl -v doctor' shows each call"
	case failed("clock"):
		return "set the clock of this machine"
	case row(sesapi.ListSenders):
		return "check the permissions of the credentials, the region and the endpoint"
	case row(sesapi.GetAccountCallback), row(sesapi.ListSenderCallbacks):
		return "'sesctl api probe' tries other names; 'sesctl api learn FILE' reads the names from a capture of the console"
	case off:
		return "write with --blind, and read with --from-history; 'sesctl api learn FILE' finds the names of reads"
	}
	return "'sesctl callback resolve --all' shows where the events of each sender go"
}
