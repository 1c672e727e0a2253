package cli

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/sesctl/sesctl/internal/output"
)

// progress shows how far work is, and nothing to programs. Short work has a line
// for each step. Long work has a bar on a terminal, and elsewhere a counter.
type progress struct {
	lines  io.Writer                // gets the lines, if there is no bar
	what   string                   // the work that is counted
	steps  int                      // of long work without a bar; else 0
	ended  int                      // steps, also failed ones
	failed int                      // steps
	bar    *progressbar.ProgressBar // nil: none is shown
	screen io.Writer                // the bar is drawn here
}

const (
	longWork = 20 // steps from which on they are counted, not listed
	counts   = 10 // how often a counter is printed
	barWidth = 30 // cells
)

func (a *app) progress(what string, steps int) *progress {
	switch {
	case a.flags.quiet || a.flags.format != output.FormatTable:
		return &progress{lines: io.Discard}
	case steps < longWork:
		return &progress{lines: a.env.Stderr}
	case !a.env.StderrTerminal || a.env.Getenv("TERM") == "dumb": // a dumb terminal cannot move its cursor
		return &progress{lines: a.env.Stderr, what: what, steps: steps}
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

// step counts one step, from one goroutine at a time. In long work only a failure
// has a line of its own; if there is a bar, the line is above it.
func (p *progress) step(line string, failed bool) {
	switch {
	case p.steps > 0:
		p.count(line, failed)
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

// count counts one step, and prints the counter at each tenth of the work.
func (p *progress) count(line string, failed bool) {
	if failed {
		p.failed++
		fmt.Fprintln(p.lines, line)
	}
	p.ended++
	if before := p.ended - 1; p.ended*counts/p.steps == before*counts/p.steps {
		return
	}
	counter := fmt.Sprintf("%s: %d of %d", p.what, p.ended, p.steps)
	if p.failed > 0 {
		counter += fmt.Sprintf(", %d failed", p.failed)
	}
	fmt.Fprintln(p.lines, counter)
}

// end leaves the bar as it is and begins a new line.
func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Exit()
		fmt.Fprintln(p.screen)
	}
}
