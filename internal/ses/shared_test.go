package ses

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// numbered are readings that take a second each, and find their number.
type numbered struct {
	readings
	start time.Time
	fail  error // what all end with

	// Without a lock: the race detector sees two at a time.
	began []time.Duration
	ended []error // what their contexts said at the end
}

func newNumbered() *numbered {
	n := &numbered{start: time.Now()}
	n.gather = func(ctx context.Context) { _ = pause(ctx, gatherTime) }
	n.read = func(ctx context.Context) (callback.Set, error) {
		n.began = append(n.began, time.Since(n.start))
		set := callback.Set{}.With(callback.Account(), fmt.Sprint(len(n.began)))
		err := pause(ctx, time.Second)
		if n.ended = append(n.ended, err); err != nil {
			return callback.Set{}, err
		}
		return set, n.fail
	}
	return n
}

// served is which reading served one who asked.
type served struct {
	by  string
	err error
}

// ask asks when it is so late.
func (n *numbered) ask(ctx context.Context, at time.Duration) <-chan served {
	out := make(chan served, 1)
	go func() {
		time.Sleep(at - time.Since(n.start))
		set, err := n.fresh(ctx)
		out <- served{set.URL(callback.Account()), err}
	}()
	return out
}

const second = time.Second

// TestSharedReadings asks at all times: nobody gets a reading that began before.
func TestSharedReadings(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNumbered()
		times := []time.Duration{0, second / 10, second / 2, second + gatherTime/2, 3 * second / 2, 2 * second, 10 * second, 21 * second / 2}
		want := []string{"1", "2", "2", "2", "3", "3", "4", "5"}
		var asked []<-chan served
		for _, at := range times {
			asked = append(asked, n.ask(t.Context(), at))
		}
		for i, at := range times {
			if got := <-asked[i]; got != (served{by: want[i]}) {
				t.Errorf("asked after %s, and was served by %v, not %s", at, got, want[i])
			}
		}
		began := []time.Duration{0, second + gatherTime, 2 * (second + gatherTime), 10 * second, 11*second + gatherTime}
		if !slices.Equal(n.began, began) {
			t.Errorf("readings began after %v, not %v", n.began, began)
		}
	})
}

// TestLeftReadings ends the contexts of some who wait.
func TestLeftReadings(t *testing.T) {
	t.Parallel()
	left := served{err: context.DeadlineExceeded}
	for name, test := range map[string]struct {
		limits []time.Duration // when those leave who ask at 0, 0.1, 0.2 ... seconds; 0 for never
		want   []served
		ended  []error
	}{
		"the one who began it, while it waits": {[]time.Duration{0, second / 2, 0}, []served{{by: "1"}, left, {by: "2"}}, []error{nil, nil}},
		"the one who began it, in it":          {[]time.Duration{0, 2 * second, 0}, []served{{by: "1"}, left, {by: "2"}}, []error{nil, nil}},
		"another, in it":                       {[]time.Duration{0, 0, 2 * second}, []served{{by: "1"}, {by: "2"}, left}, []error{nil, nil}},
		"all, in it":                           {[]time.Duration{second / 2, 0}, []served{left, {by: "2"}}, []error{context.Canceled, nil}},
		"all, while it waits":                  {[]time.Duration{0, second / 4, second / 4, 0}, []served{{by: "1"}, left, left, {by: "3"}}, []error{nil, context.Canceled, nil}},
		"all of both":                          {[]time.Duration{second / 4, second / 4}, []served{left, left}, []error{context.Canceled, context.Canceled}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				n := newNumbered()
				var asked []<-chan served
				for i, limit := range test.limits {
					ctx := t.Context()
					if limit > 0 {
						var cancel func()
						ctx, cancel = context.WithTimeout(ctx, limit)
						defer cancel()
					}
					asked = append(asked, n.ask(ctx, time.Duration(i)*second/10))
				}
				for i, want := range test.want {
					if got := <-asked[i]; got != want {
						t.Errorf("number %d was served by %v, not %v", i, got, want)
					}
				}
				synctest.Wait()
				if !slices.Equal(n.ended, test.ended) {
					t.Errorf("the readings ended with %v, not %v", n.ended, test.ended)
				}
			})
		})
	}
}

// TestFailedReading tells all who wait for it.
func TestFailedReading(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newNumbered()
		n.fail = errors.New("refused")
		for _, asked := range []<-chan served{n.ask(t.Context(), 0), n.ask(t.Context(), second/10), n.ask(t.Context(), second/5)} {
			if got := <-asked; !errors.Is(got.err, n.fail) {
				t.Errorf("it ended with %v", got)
			}
		}
		if len(n.began) != 2 {
			t.Errorf("there were %d readings", len(n.began))
		}
	})
}

// TestSettlingReadsOnlyItsPart lets the list of callbacks hang: the account's is
// settled all the same, and a sender's is not known after a while.
func TestSettlingReadsOnlyItsPart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := openEmulator(t, sesapi.Default())
		c := newClient(t, Options{Endpoint: "http://localhost", Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			switch r.Header.Get("X-TC-Action") {
			case "GetWebhookUrl":
				return e.Transport().RoundTrip(r)
			case "ListAddressTrackUrl":
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
			_, _ = e.Transport().RoundTrip(r)
			return nil, io.ErrUnexpectedEOF
		})})
		var wait sync.WaitGroup
		wait.Go(func() {
			began := time.Now()
			e := says(t, put(c, news(t), secretURL, ""), failure.Failure, "not known", "cannot list the callbacks of senders", "timed out after 10s")
			if took := time.Since(began); !e.Unknown || took != settleTime {
				t.Errorf("it took %s; unknown is %v", took, e.Unknown)
			}
		})
		time.Sleep(second)
		began := time.Now()
		if err := put(c, callback.Account(), secretURL, ""); err != nil || time.Since(began) > 0 {
			t.Errorf("it took %s; %v", time.Since(began), err)
		}
		wait.Wait()
	})
}

// TestManyLostAnswers loses half of the answers to many writes side by side. They
// are settled by far fewer readings of a long list than there are writes to settle.
func TestManyLostAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const senders, writes, pages = 1000, 200, 10
		addresses := make([]string, senders)
		for i := range addresses {
			addresses[i] = fmt.Sprintf("s%d@d%d.example.com", i%10, i/10)
		}
		e, err := emulator.Open(t.Context(), emulator.Options{Senders: addresses})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		direct := newClient(t, Options{Endpoint: "http://localhost", Transport: e.Transport()})
		var before, after callback.Set
		for i, target := range targets(t, addresses...) {
			if err := put(direct, target, firstURL, ""); err != nil {
				t.Fatal(err)
			}
			before, after = before.With(target, firstURL), after.With(target, firstURL)
			if i < writes {
				after = after.With(target, otherURL)
			}
		}
		var mu sync.Mutex
		random := rand.New(rand.NewPCG(1, 1))
		lists, lost, notDone := 0, 0, 0
		c := newClient(t, Options{Endpoint: "http://localhost", Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			takes := time.Duration(20+random.IntN(60)) * time.Millisecond
			drop, carryOut := false, true
			switch r.Header.Get("X-TC-Action") {
			case "ListAddressTrackUrl":
				lists++
			case "UpdateAddressTrackUrl":
				if drop = random.IntN(2) == 0; drop {
					lost++
					if carryOut = random.IntN(2) == 0; !carryOut {
						notDone++
					}
				}
			}
			mu.Unlock()
			time.Sleep(takes)
			var response *http.Response
			err := io.ErrUnexpectedEOF
			if carryOut {
				response, err = e.Transport().RoundTrip(r)
			}
			if drop {
				return nil, io.ErrUnexpectedEOF
			}
			return response, err
		})})
		c.pause = pause
		applied, err := callback.Apply(t.Context(), c, callback.Diff(before, after), callback.ApplyOptions{Parallel: 8})
		if err != nil || len(applied.Failed) != notDone || len(applied.Differs) != 0 {
			t.Errorf("%d failed, not %d; %v differ; %v", len(applied.Failed), notDone, applied.Differs, err)
		}
		for _, o := range applied.Failed {
			says(t, o.Err, failure.Failure, "nothing was changed")
		}
		// Two readings are those of apply itself.
		if alone := pages * (lost + notDone); lists-2*pages > alone/3 {
			t.Errorf("%d calls for %d lost answers; each by itself takes %d", lists, lost, alone)
		}
	})
}
