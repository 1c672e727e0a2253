package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/manifest"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

// unmanagedMode returns what to do about callbacks that the declaration does not
// name: the value of the flag, else of the declaration, else report.
func (d *declarationFlags) unmanagedMode(declaration manifest.Declaration) manifest.Unmanaged {
	return cmp.Or(manifest.Unmanaged(d.unmanaged), declaration.Unmanaged, manifest.UnmanagedReport)
}

func (d *declarationFlags) check() error {
	if values := manifest.UnmanagedValues(); d.unmanaged != "" && !slices.Contains(values, d.unmanaged) {
		return failure.New(failure.Usage, "--unmanaged %s: it must be one of %s", callback.Quote(d.unmanaged), strings.Join(values, ", "))
	}
	return nil
}

// unmanaged are the callbacks that a plan does not change because the declaration
// does not name them.
type unmanaged struct {
	callbacks []callback.Callback
	fail      bool // they count as a difference
}

// findUnmanaged returns these callbacks. A callback that the plan deletes is a change,
// not one of them.
func findUnmanaged(mode manifest.Unmanaged, declaration manifest.Declaration, plan callback.Plan) unmanaged {
	if mode == manifest.UnmanagedKeep {
		return unmanaged{}
	}
	return unmanaged{callbacks: declaration.NotNamed(plan.After()), fail: mode == manifest.UnmanagedFail}
}

// failing returns how many callbacks count as a difference.
func (u unmanaged) failing() int {
	if !u.fail {
		return 0
	}
	return len(u.callbacks)
}

// lines are the callbacks as people read them.
func (u unmanaged) lines(a *app) []output.Line {
	if len(u.callbacks) == 0 {
		return nil
	}
	color := output.Yellow
	if u.fail {
		color = output.Red
	}
	lines := []output.Line{{}, {{Text: u.summary() + ":", Color: color}}}
	for _, c := range u.callbacks[:min(len(u.callbacks), mostListed)] {
		lines = append(lines, plainLines("  "+targetName(c.Target)+": "+a.url(c.URL))...)
	}
	if more := len(u.callbacks) - mostListed; more > 0 {
		lines = append(lines, plainLines(fmt.Sprintf("  and %d more", more))...)
	}
	return lines
}

func (u unmanaged) summary() string {
	return plural(len(u.callbacks), "callback that the declaration does not name", "callbacks that the declaration does not name")
}
