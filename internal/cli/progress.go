package cli

import (
	"fmt"
	"io"
	"time"

	bar "github.com/jedib0t/go-pretty/v6/progress"

	"github.com/sesctl/sesctl/internal/output"
)

// progress shows how far long work is: a bar on a terminal, a line for each step
// elsewhere, and nothing at all for programs.
type progress struct {
	lines  io.Writer
	writer bar.Writer
	steps  *bar.Tracker
	done   chan struct{} // closed when the bar has been drawn for the last time
}

// longWork is from how many steps on a bar is worth its line.
const longWork = 20

func (a *app) progress(what string, steps int) *progress {
	switch {
	case a.flags.quiet || a.flags.format != output.FormatTable:
		return &progress{lines: io.Discard}
	case !a.env.StderrTerminal || steps < longWork:
		return &progress{lines: a.env.Stderr}
	}
	p := &progress{writer: bar.NewWriter(), steps: &bar.Tracker{Message: what, Total: int64(steps)}, done: make(chan struct{})}
	p.writer.SetOutputWriter(a.env.Stderr)
	p.writer.SetUpdateFrequency(100 * time.Millisecond)
	p.writer.SetStyle(bar.StyleBlocks)
	p.writer.AppendTracker(p.steps)
	go func() {
		defer close(p.done)
		p.writer.Render()
	}()
	return p
}

// step counts one step. Where there is a bar, only what failed gets a line.
func (p *progress) step(line string, failed bool) {
	if p.writer == nil {
		fmt.Fprintln(p.lines, line)
		return
	}
	if failed {
		p.writer.Log("%s", line)
	}
	p.steps.Increment(1)
}

func (p *progress) end() {
	if p.writer == nil {
		return
	}
	p.steps.MarkAsDone()
	p.writer.Stop()
	<-p.done
}
