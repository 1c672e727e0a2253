package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

const (
	// pace is the shortest time between two updates, so that a burst of events reaches the
	// browser in few and large ones.
	pace = 100 * time.Millisecond
	// alive is how often an idle stream sends a comment. If a browser has gone, that
	// fails, and the stream ends.
	alive = 15 * time.Second
	// stuck is how long a browser may take to read an update.
	stuck = 30 * time.Second
)

// live sends changes as server-sent events: "hello" at first, "rows" with the rows that
// are new or changed, "account" if the page must read the account again, and "reset" if it
// must read everything again.
func (p *Page) live(w http.ResponseWriter, r *http.Request) {
	watch := p.Source.Changes().Watch()
	defer watch.Close()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	go func() {
		select {
		case <-p.Done:
			cancel()
		case <-ctx.Done():
		}
	}()
	stream := &stream{w, http.NewResponseController(w)}
	// The limits of the server are for requests that end. Without support for deadlines
	// there are no limits to lift.
	_ = stream.control.SetReadDeadline(time.Time{})
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	if stream.send("hello", struct{}{}) != nil {
		return
	}
	for {
		idle, stop := context.WithTimeout(ctx, alive)
		changed := watch.Wait(idle)
		stop()
		switch {
		case ctx.Err() != nil:
			return
		case !changed:
			if stream.write(": \n\n") != nil {
				return
			}
			continue
		}
		if p.update(stream, watch) != nil {
			return
		}
		select {
		case <-time.After(pace):
		case <-ctx.Done():
			return
		}
	}
}

// update sends what has changed.
func (p *Page) update(s *stream, watch *Watch) error {
	ids, besides := watch.Take()
	if besides.Reset {
		return s.send("reset", struct{}{})
	}
	if besides.Account {
		if err := s.send("account", struct{}{}); err != nil {
			return err
		}
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := p.Source.RowsOf(ids)
	if err != nil {
		return s.send("reset", struct{}{})
	}
	if len(rows) == 0 {
		return nil
	}
	return s.send("rows", rows)
}

// stream is a stream of server-sent events.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func (s *stream) send(name string, value any) error {
	encoded, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return s.write(fmt.Sprintf("event: %s\ndata: %s\n\n", name, encoded))
}

func (s *stream) write(text string) error {
	_ = s.control.SetWriteDeadline(time.Now().Add(stuck))
	if _, err := s.w.Write([]byte(text)); err != nil {
		return err
	}
	return s.control.Flush()
}
