package cli

import (
	"fmt"
	"io"

	"github.com/schollz/progressbar/v3"

	"github.com/sesctl/sesctl/internal/output"
)

// progress shows how far long work is: a bar on a terminal, a line for each step
// elsewhere, and nothing at all for programs.
type progress struct {
	bar   *progressbar.ProgressBar
	lines io.Writer
}

// longWork is from how many steps on a bar is worth its line.
const longWork = 20

func (a *app) progress(steps int) *progress {
	switch {
	case a.flags.quiet || a.flags.format != output.FormatTable:
		return &progress{lines: io.Discard}
	case a.env.StderrTerminal && steps >= longWork:
		return &progress{lines: a.env.Stderr, bar: progressbar.NewOptions(steps,
			progressbar.OptionSetWriter(a.env.Stderr), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(),
			progressbar.OptionEnableColorCodes(false), progressbar.OptionSetWidth(40))}
	}
	return &progress{lines: a.env.Stderr}
}

// step counts one step. Where there is a bar, only what failed gets a line.
func (p *progress) step(line string, failed bool) {
	if p.bar == nil {
		fmt.Fprintln(p.lines, line)
		return
	}
	if failed {
		_ = p.bar.Clear()
		fmt.Fprintln(p.lines, line)
	}
	_ = p.bar.Add(1)
}

func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}
