package delivery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// backlog has the messages of each group, and the number of steps that were made.
type backlog struct {
	mu       sync.Mutex
	messages []Message
	done     []uint64
}

func (b *backlog) next(group string, from uint64, skip func(uint64) bool) (Message, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range b.messages {
		if m.Group == group && m.Key >= from && !skip(m.Key) {
			return m, true
		}
	}
	return Message{}, false
}

// step is a step whose result takes no time to record.
func step(f func(context.Context) (time.Duration, bool)) func(context.Context) Record {
	return func(ctx context.Context) Record {
		pause, done := f(ctx)
		return func() (time.Duration, bool) { return pause, done }
	}
}

// message adds a message with a number of steps, each of which takes a second.
func (b *backlog) message(group string, steps int) Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	key := uint64(len(b.messages) + len(b.done) + 1)
	m := Message{Group: group, Key: key, Step: step(func(context.Context) (time.Duration, bool) {
		time.Sleep(time.Second)
		steps--
		if steps > 0 {
			return 0, false
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		b.messages = slices.DeleteFunc(b.messages, func(m Message) bool { return m.Key == key })
		b.done = append(b.done, key)
		return 0, true
	})}
	b.messages = append(b.messages, m)
	return m
}

// TestLimits checks that 32 messages of one group, and 256 of all groups, run at a
// time.
func TestLimits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &backlog{}
		q := NewQueue(b.next)
		for i := range 640 {
			q.Add(b.message(fmt.Sprint(i%10), 1))
		}
		start := time.Now()
		if err := q.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		// 10 groups of 64 could run in two seconds, but 640 messages need three.
		if took := time.Since(start); took != 3*time.Second || len(b.done) != 640 {
			t.Errorf("%d messages took %s", len(b.done), took)
		}
		for range 64 {
			q.Add(b.message("one", 1))
		}
		start = time.Now()
		if err := q.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 2*time.Second {
			t.Errorf("one group took %s", took)
		}
		q.Close(time.Second)
	})
}

// TestBacklog checks that messages that did not fit are taken from the backlog once,
// whatever the order in which they were added.
func TestBacklog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &backlog{}
		q := NewQueue(b.next)
		var all []Message
		for range maxHeldOfGroup + 500 {
			all = append(all, b.message("busy", 1))
		}
		slices.Reverse(all)
		for _, m := range all {
			q.Add(m)
			q.Add(m) // adding a message again has no effect
		}
		q.Add(b.message("other", 1))
		time.Sleep(1500 * time.Millisecond)
		q.mu.Lock()
		b.mu.Lock()
		if q.held != maxHeldOfGroup || !slices.Contains(b.done, uint64(len(all)+1)) {
			t.Errorf("%d held; the other group waits", q.held)
		}
		b.mu.Unlock()
		q.mu.Unlock()
		if err := q.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		q.Close(time.Second) // no goroutine is left that uses the following fields
		slices.Sort(b.done)
		if want := len(all) + 1; len(b.done) != want || len(slices.Compact(b.done)) != want || len(q.groups) != 0 || len(q.behind) != 0 {
			t.Errorf("%d of %d done; %d groups left", len(b.done), want, len(q.groups))
		}
	})
}

func TestPauses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &backlog{}
		q := NewQueue(b.next)
		calls := 0
		start := time.Now()
		q.Add(Message{Group: "g", Key: 1, Delay: time.Minute, Step: step(func(context.Context) (time.Duration, bool) {
			calls++
			return time.Hour, calls == 3
		})})
		if err := q.Settle(t.Context()); err != nil || time.Since(start) != time.Minute+2*time.Hour {
			t.Errorf("%v after %s", err, time.Since(start))
		}
		q.Close(0)
	})
}

// TestRecordIsOutsideTheLimits checks that other messages make their steps while
// results are recorded.
func TestRecordIsOutsideTheLimits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue((&backlog{}).next)
		start := time.Now()
		for i := range uint64(2 * maxActive) {
			q.Add(Message{Group: "g", Key: 1 + i, Step: func(context.Context) Record {
				return func() (time.Duration, bool) {
					time.Sleep(time.Second)
					return 0, true
				}
			}})
		}
		if err := q.Settle(t.Context()); err != nil || time.Since(start) != time.Second {
			t.Errorf("%v after %s", err, time.Since(start))
		}
		q.Close(0)
	})
}

// TestClose checks that Close waits for steps that are due but not for pauses, and
// cancels steps that hang.
func TestClose(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &backlog{}
		q := NewQueue(b.next)
		q.Add(Message{Group: "pauses", Key: 1, Step: step(func(context.Context) (time.Duration, bool) { return time.Hour, false })})
		q.Add(Message{Group: "waits", Key: 2, Delay: time.Hour, Step: step(func(context.Context) (time.Duration, bool) {
			t.Error("a message that waits was begun")
			return 0, true
		})})
		q.Add(b.message("due", 2))
		var hung atomic.Bool
		for i := range uint64(maxActiveOfGroup + 1) {
			q.Add(Message{Group: "hangs", Key: 10 + i, Step: step(func(ctx context.Context) (time.Duration, bool) {
				<-ctx.Done()
				hung.Store(true)
				return 0, false
			})})
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if err := q.Settle(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("settled while a message hangs: %v", err)
		}
		start := time.Now()
		q.Close(3 * time.Second)
		if took := time.Since(start); took != 3*time.Second || len(b.done) != 1 || !hung.Load() {
			t.Errorf("the stop took %s; done %v", took, b.done)
		}
		q.Add(b.message("late", 1))
		synctest.Wait()
		if len(b.done) != 1 {
			t.Error("a message was begun after the stop")
		}
		q.Close(0)
	})
}
