package cli

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/sesctl/sesctl/internal/output"
)

// progress shows how far long work is: a bar on a terminal, a line for each step
// elsewhere, and nothing for programs.
type progress struct {
	lines  io.Writer                // gets a line for each step, if there is no bar
	bar    *progressbar.ProgressBar // nil: none is shown
	screen io.Writer                // the bar is drawn here
}

const (
	longWork = 20 // from how many steps on a bar is worth its line
	barWidth = 30 // cells
)

func (a *app) progress(what string, steps int) *progress {
	switch {
	case a.flags.quiet || a.flags.format != output.FormatTable:
		return &progress{lines: io.Discard}
	case !a.env.StderrTerminal || a.env.Getenv("TERM") == "dumb" || steps < longWork: // a dumb terminal cannot move its cursor
		return &progress{lines: a.env.Stderr}
	}
	return &progress{screen: a.env.Stderr, bar: progressbar.NewOptions(steps,
		progressbar.OptionSetDescription(what),
		progressbar.OptionSetWriter(a.env.Stderr),
		progressbar.OptionSetWidth(barWidth),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionShowCount(),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetRenderBlankState(true),
	)}
}

// step counts one step, from one goroutine at a time. If there is a bar, only a
// failure gets a line, which stands above the bar.
func (p *progress) step(line string, failed bool) {
	switch {
	case p.bar == nil:
		fmt.Fprintln(p.lines, line)
	case failed:
		_ = p.bar.Clear()
		fmt.Fprintln(p.screen, line)
		fallthrough
	default:
		_ = p.bar.Add(1)
	}
}

// end leaves the bar as it is and begins a new line.
func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Exit()
		fmt.Fprintln(p.screen)
	}
}
