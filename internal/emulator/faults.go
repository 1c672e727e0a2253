package emulator

import (
	"cmp"
	"context"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/sesctl/sesctl/internal/emulator/state"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/interrupt"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// faults chooses at random which requests and events a fault affects. The same seed
// and the same order of requests give the same choices. Each fault chooses
// independently of the others.
type faults struct {
	mu  sync.Mutex
	all []armed
}

type armed struct {
	Fault
	random *rand.Rand
}

func newFaults(all []Fault, seed uint64, actions map[string]*action) (*faults, error) {
	if len(all) == 0 {
		return nil, nil
	}
	f := &faults{}
	for i, fault := range all {
		if _, known := actions[fault.action]; !known && fault.action != "" {
			return nil, failure.New(failure.Usage, "the fault names the action %s, which the emulator does not have", quote(fault.action))
		}
		f.all = append(f.all, armed{fault, rand.New(rand.NewPCG(seed, uint64(i)))})
	}
	return f, nil
}

// hit chooses at random whether a fault occurs.
func (a *armed) hit() bool { return a.share >= 1 || a.random.Float64() < a.share }

// verdict is the effect of the faults on one request.
type verdict struct {
	kind  faultKind // the first fault that occurred, except for delays
	code  string    // of codeAnswer
	delay time.Duration
}

// request chooses the faults that occur in one call of an action.
func (f *faults) request(action string) verdict {
	if f == nil {
		return verdict{}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var v verdict
	for i := range f.all {
		a := &f.all[i]
		if a.kind.ofDeliveries() || a.action != "" && a.action != action || !a.hit() {
			continue
		}
		kind := a.kind
		if kind == drop {
			kind = dropBefore + faultKind(a.random.IntN(2))
		}
		if kind == delayAnswer {
			v.delay += a.delay
		} else if v.kind == noFault {
			v.kind, v.code = kind, a.code
		}
	}
	return v
}

// chances is the effect of the faults on one message: its events in order, and how
// long they are delayed.
type chances struct {
	events []happening
	delay  time.Duration
}

// happening is one event of one recipient of a message.
type happening struct {
	outcome
	email     int // place of the recipient
	duplicate bool
}

// chances chooses for one message which of its events are delivered twice, whether
// their order is reversed, and how long they are delayed.
func (f *faults) chances(s Scenario, recipients []string) chances {
	var all []happening
	for i, recipient := range recipients {
		chosen, _ := s.of(recipient)
		for _, o := range chosen {
			all = append(all, happening{o, i, false})
		}
	}
	slices.SortStableFunc(all, func(a, b happening) int { return cmp.Compare(a.After, b.After) })
	twice, reversed, delay := f.deliveries(len(all))
	out := chances{delay: delay}
	for i, h := range all {
		out.events = append(out.events, h)
		if twice[i] {
			h.duplicate = true
			out.events = append(out.events, h)
		}
	}
	if reversed {
		slices.Reverse(out.events)
	}
	return out
}

// deliveries makes these choices for a message with n events.
func (f *faults) deliveries(n int) (twice []bool, reversed bool, delay time.Duration) {
	twice = make([]bool, n)
	if f == nil {
		return twice, false, 0
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.all {
		switch a := &f.all[i]; a.kind {
		case duplicate:
			for j := range twice {
				twice[j] = a.hit() || twice[j]
			}
		case disorder:
			reversed = a.hit() || reversed
		case delayDelivery:
			delay += a.delay
		}
	}
	return twice, reversed, delay
}

// before applies the faults that come before the effect of a request. Over reports
// that the request ends there.
func (v verdict) before(ctx context.Context) (got answered, over bool) {
	if v.delay > 0 && interrupt.Sleep(ctx, v.delay) != nil {
		return answered{}, true // the client no longer waits for the answer
	}
	switch v.kind {
	case codeAnswer:
		return answered{err: refuse(v.code, "The emulator answers with this error because of a fault that is on.")}, true
	case throttle:
		return answered{err: refuse(sesapi.CodeRequestLimitExceeded, "The request rate limit is exceeded (a fault of the emulator).")}, true
	case serverError, dropBefore:
		return answered{broken: v.kind}, true
	}
	return answered{}, false
}

// answer ends a request without an answer in the form of the API.
func (k faultKind) answer(w http.ResponseWriter) {
	if k == serverError {
		http.Error(w, "503 service unavailable (a fault of the emulator)", http.StatusServiceUnavailable)
		return
	}
	panic(http.ErrAbortHandler) // package net/http then closes the connection
}

// keyFaults is the key, in the bucket of the format, of the faults that were set
// while the emulator was running.
const keyFaults = "faults"

// loadFaults turns on the faults that the state keeps. It skips faults that this
// version of sesctl does not know.
func (e *Emulator) loadFaults() {
	var kept []Fault
	_ = e.state.View(func(tx *state.Tx) error {
		specs, _, err := state.Load[[]string](tx, state.BucketMeta, keyFaults)
		for _, spec := range specs {
			if f, err := ParseFault(spec); err == nil {
				kept = append(kept, f)
			}
		}
		return err
	})
	if armed, err := newFaults(kept, e.faultSeed, e.actions); err == nil {
		e.faults.Store(armed)
	}
}

// Faults returns the faults that are on.
func (e *Emulator) Faults() []Fault {
	f := e.faults.Load()
	if f == nil {
		return []Fault{}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	all := make([]Fault, len(f.all))
	for i, a := range f.all {
		all[i] = a.Fault
	}
	return all
}

// SetFaults turns the given faults on and all others off, and stores them in the
// state. If a fault names an action that does not exist, the error has the kind
// usage.
func (e *Emulator) SetFaults(all []Fault) error {
	armed, err := newFaults(all, e.faultSeed, e.actions)
	if err != nil {
		return err
	}
	specs := make([]string, len(all))
	for i, f := range all {
		specs[i] = f.String()
	}
	err = e.state.Update(func(tx *state.Tx) error { return state.Save(tx, state.BucketMeta, keyFaults, specs) })
	if err != nil {
		return failure.New(failure.Failure, "cannot store the faults: %w", err)
	}
	e.faults.Store(armed)
	e.rows.NoteAccount()
	return nil
}
