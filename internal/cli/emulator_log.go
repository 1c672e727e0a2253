package cli

import (
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

// emulatorLog writes one line on stderr for each action of an emulator. Several
// goroutines may use it.
type emulatorLog struct {
	*app
	mu sync.Mutex
}

// request logs one API request.
func (l *emulatorLog) request(c emulator.Call) {
	action, code := c.Action, c.Code
	if action == "" {
		action = "-"
	}
	if code == "" {
		code = "ok"
	}
	l.line("%s  %s %s %s %s", l.env.Now().Format(time.TimeOnly), output.Printable(action), code, c.RequestID, c.Duration.Round(10*time.Microsecond))
}

// attempt logs one attempt to deliver an event.
func (l *emulatorLog) attempt(d emulator.Delivery) {
	what := l.texts.Word(string(d.Status))
	if n := len(d.Attempts); n > 0 {
		last := d.Attempts[n-1]
		what += ", attempt " + strconv.Itoa(n)
		if last.Status > 0 {
			what += ", answered " + strconv.Itoa(last.Status)
		} else if last.Error != "" {
			what += ", " + last.Error
		}
	}
	if d.Reason != "" && len(d.Attempts) == 0 {
		what += ", " + l.texts.Word(d.Reason)
	}
	to := "-"
	if d.URL != "" {
		to = l.url(callback.NewURL(d.URL))
	}
	l.line("%s  delivery %d %s %s → %s: %s", l.env.Now().Format(time.TimeOnly), d.ID, d.Type, output.Printable(d.Recipient), to, output.Printable(what))
}

func (l *emulatorLog) line(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(l.env.Stderr, format+"\n", args...)
}
