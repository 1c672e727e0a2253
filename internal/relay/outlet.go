package relay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sesctl/sesctl/internal/files"
)

// outlet is an engine, with a spool for the time while the engine is away.
type outlet struct {
	name    string
	engine  engine
	spool   *spool        // nil for none
	timeout time.Duration // for a message; 0 if the engine has its own timeout
	log     *slog.Logger
	metrics *outletMetrics

	// rejected keeps a message that the engine refuses.
	rejected func(m *message, why error) error

	up      atomic.Bool   // whether the engine accepted the last message or answered the last ping
	trying  atomic.Bool   // a message is being sent to find out whether the engine is still away
	changed chan struct{} // has an element when the connection has changed
	back    chan struct{} // has an element when the engine is back
	working sync.WaitGroup
	stop    context.CancelFunc
}

// errAway is the error for a message if the engine is away and there is no spool.
var errAway = errors.New("the engine is away")

// start watches the engine and empties the spool, until the outlet is closed.
func (o *outlet) start() {
	ctx, stop := context.WithCancel(context.Background())
	o.stop = stop
	o.working.Go(func() { o.watch(ctx) })
	if o.spool != nil {
		o.working.Go(func() { o.drain(ctx) })
	}
}

// deliver returns nil as soon as the message is durable, in the engine or in the
// spool.
func (o *outlet) deliver(ctx context.Context, m *message) error {
	if o.spool != nil && (o.spool.pending.Load() > 0 || !o.up.Load()) {
		return o.keep(m)
	}
	if !o.up.Load() {
		if !o.trying.CompareAndSwap(false, true) {
			o.metrics.failed.Inc()
			return errAway
		}
		defer o.trying.Store(false)
	}
	if o.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.timeout)
		defer cancel()
	}
	err := o.settle(ctx, o.engine.send(m), time.Now())
	if err == nil || isRefusal(err) || o.spool == nil {
		return err
	}
	return o.keep(m)
}

// settle waits for a receipt, and notes whether the engine is available.
func (o *outlet) settle(ctx context.Context, wait receipt, start time.Time) error {
	duplicate, err := wait(ctx)
	switch {
	case err == nil:
		o.metrics.seconds.Observe(time.Since(start).Seconds())
		o.metrics.published.Inc()
		if duplicate {
			o.metrics.duplicates.Inc()
		}
		o.seen(nil)
	case isRefusal(err):
		o.metrics.refused.Inc()
		o.seen(nil)
	default:
		o.metrics.failed.Inc()
		if errors.Is(err, context.DeadlineExceeded) {
			err = errors.New("no acknowledgement in time")
		}
		if !errors.Is(err, context.Canceled) {
			o.seen(err)
		}
	}
	return err
}

// seen notes whether the engine is available, and logs when that changes.
func (o *outlet) seen(err error) {
	if was := o.up.Swap(err == nil); was == (err == nil) {
		return
	}
	if err != nil {
		o.log.Warn("engine away", "engine", o.name, "reason", err.Error(), "spool", o.spool != nil)
		return
	}
	o.log.Info("engine back", "engine", o.name)
	nudge(o.back)
}

// connection is called with nil when a connection begins, and with the reason when it
// ends.
func (o *outlet) connection(err error) {
	if err != nil {
		o.seen(err)
		return
	}
	nudge(o.changed)
}

// nudge puts an element into a channel, if the channel is empty.
func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func (o *outlet) keep(m *message) error {
	if err := o.spool.append(m); err != nil {
		o.metrics.failed.Inc()
		return fmt.Errorf("spool: %w", err)
	}
	o.metrics.spooled.Inc()
	return nil
}

// watch pings an engine that is away or idle.
func (o *outlet) watch(ctx context.Context) {
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-o.changed:
		}
		o.ping(ctx)
	}
}

const watchEvery = 2 * time.Second

func (o *outlet) ping(ctx context.Context) {
	if err := o.engine.ping(ctx); !errors.Is(err, context.Canceled) && ctx.Err() == nil {
		o.seen(err)
	}
}

const (
	mostAtOnce = 256
	leastPause = 100 * time.Millisecond
	mostPause  = 2 * time.Second
)

// drain sends the messages of the spool, in order.
func (o *outlet) drain(ctx context.Context) {
	most := 1 // the first message shows whether the engine is available
	for ctx.Err() == nil {
		messages, end, err := o.spool.window(most)
		if err != nil {
			o.log.Error("spool cannot be read", "engine", o.name, "reason", err.Error())
			o.wait(ctx, mostPause)
		}
		if len(messages) == 0 {
			select {
			case <-ctx.Done():
			case <-o.spool.more:
			}
			continue
		}
		failures := o.drainWindow(ctx, messages)
		if ctx.Err() != nil {
			return
		}
		o.spool.advance(end, len(messages))
		if most = min(most*2, mostAtOnce); failures {
			most = 1
		}
	}
}

// drainWindow sends messages until each is acknowledged or set aside, or ctx ends.
// It reports whether an attempt failed.
func (o *outlet) drainWindow(ctx context.Context, messages []*message) (failures bool) {
	for pause := leastPause; len(messages) > 0; pause = min(pause*2, mostPause) {
		start := time.Now()
		receipts := make([]receipt, len(messages))
		for i, m := range messages {
			receipts[i] = o.engine.send(m)
		}
		var left []*message
		for i, m := range messages {
			// No timeout: the engine has its own, if a message can be cancelled
			// safely.
			err := o.settle(ctx, receipts[i], start)
			if isRefusal(err) {
				err = o.setAside(m, err)
			}
			if err != nil {
				left = append(left, m)
			}
		}
		if messages = left; len(messages) > 0 {
			failures = true
			o.wait(ctx, pause)
			if ctx.Err() != nil {
				return failures
			}
		}
	}
	return failures
}

func (o *outlet) setAside(m *message, why error) error {
	err := o.rejected(m, why)
	if err != nil {
		o.log.Error("event cannot be set aside", "engine", o.name, "id", m.id, "reason", err.Error())
	}
	return err
}

func (o *outlet) wait(ctx context.Context, pause time.Duration) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-o.back:
	}
}

// ready reports whether a new message can be kept.
func (o *outlet) ready() bool { return o.up.Load() || o.spool != nil && o.spool.hasRoom() }

func (s *spool) hasRoom() bool { return s.budget.used.Load()+maxSpooled <= s.budget.most }

// close waits until the spool is empty or ctx ends, and closes the engine. It
// returns how many messages stay in the spool.
func (o *outlet) close(ctx context.Context) (left int64) {
	for o.spool != nil && o.spool.pending.Load() > 0 && o.up.Load() && ctx.Err() == nil {
		o.wait(ctx, 10*time.Millisecond)
	}
	if o.stop != nil {
		o.stop()
	}
	o.working.Wait()
	o.engine.close()
	if o.spool != nil {
		o.spool.close()
		left = o.spool.pending.Load()
	}
	return left
}

// rejectInto returns a function that writes the body of a message to its own file,
// which has the identifier of the message as its name.
func rejectInto(folder string, log *slog.Logger) func(*message, error) error {
	return func(m *message, why error) error {
		if err := files.MakeFolder(folder); err != nil {
			return withoutPath(err)
		}
		file := filepath.Join(folder, m.id+".body")
		if err := writeSynced(file, m.body); err != nil {
			return withoutPath(err)
		}
		log.Error("event set aside: the engine refuses it", "file", file, "id", m.id, "type", m.kind, "reason", why.Error())
		return files.SyncFolder(folder)
	}
}

func writeSynced(path string, data []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err == nil {
		err = files.Sync(file)
	}
	return errors.Join(err, file.Close())
}
