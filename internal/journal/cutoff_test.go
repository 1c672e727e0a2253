package journal

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/sesctl/sesctl/pkg/callback"
)

// cutOff leaves a change behind like a process that is killed between deletion and
// creation.
func cutOff(t *testing.T, path string, c callback.Change) (id string) {
	t.Helper()
	j := open(t, path)
	id = begin(t, j, Entry{Change: c})
	if err := errors.Join(j.Steps(t.Context(), id), j.Close()); err != nil {
		t.Fatal(err)
	}
	return id
}

func TestCutOff(t *testing.T) {
	t.Parallel()
	target := mustParse("news@mail.example.com")
	former, next := callback.NewURL("https://former.example/"), callback.NewURL("https://next.example/")
	change := callback.NewChange(target, former, next)
	for name, test := range map[string]struct {
		found  callback.URL
		later  func(j *Journal) // what came after
		cutOff bool
		want   Outcome
	}{
		"neither is there":      {cutOff: true, want: Pending},
		"the previous is there": {found: former, want: Failed},
		"the next is there":     {found: next, want: Done},
		"another is there":      {found: callback.NewURL("https://other.example/"), want: Failed},
		"a later change":        {later: func(j *Journal) { after(t, j, target, Done) }, want: Failed},
		"a later one failed":    {later: func(j *Journal) { after(t, j, target, Failed) }, cutOff: true, want: Pending},
		"a later one elsewhere": {later: func(j *Journal) { after(t, j, callback.Account(), Done) }, cutOff: true, want: Pending},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "journal.jsonl")
			id := cutOff(t, path, change)
			j := open(t, path)
			if test.later != nil {
				test.later(j)
			}
			left, err := j.Left(t.Context(), Account{})
			if err != nil {
				t.Fatal(err)
			}
			settled, err := j.Settle(t.Context(), left, callback.Set{}.With(target, test.found), callback.PartAll)
			if err != nil || (len(settled.CutOff) == 1) != test.cutOff || len(settled.CutOff)+len(settled.Ended) != 1 {
				t.Fatalf("settled %+v, %v", settled, err)
			}
			if got := outcomeOf(t, j, id); got != test.want {
				t.Errorf("the outcome is %s, not %s", got, test.want)
			}
			if !test.cutOff {
				return
			}
			if err := j.EndCutOff(t.Context(), settled.CutOff[0], former); err != nil || outcomeOf(t, j, id) != Failed {
				t.Errorf("put back: %s, %v", outcomeOf(t, j, id), err)
			}
			if err := j.EndCutOff(t.Context(), settled.CutOff[0], next); err != nil || outcomeOf(t, j, id) != Done {
				t.Errorf("finished: %s, %v", outcomeOf(t, j, id), err)
			}
		})
	}
}

func after(t *testing.T, j *Journal, target callback.Target, outcome Outcome) {
	t.Helper()
	id := begin(t, j, Entry{Change: callback.NewChange(target, callback.URL{}, callback.NewURL("https://later.example/"))})
	if err := j.End(t.Context(), id, outcome, ""); err != nil {
		t.Fatal(err)
	}
}

func outcomeOf(t *testing.T, j *Journal, id string) Outcome {
	t.Helper()
	h, err := j.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	e, err := h.Find(id)
	if err != nil {
		t.Fatal(err)
	}
	return e.Outcome
}

// stepped is a store that makes every change in steps.
type stepped struct {
	callback.Store
	err error
}

func (s stepped) MakeInSteps(ctx context.Context, _ callback.Change, begin func(context.Context) error) (callback.Receipt, error) {
	if err := begin(ctx); err != nil {
		return callback.Receipt{}, err
	}
	return callback.Receipt{}, s.err
}

func (s stepped) Load(context.Context, callback.Parts) (callback.Snapshot, error) {
	return callback.Snapshot{}, nil
}

// TestStoreRecordsSteps checks that a change stays pending if its own process
// found it cut off. The next process puts the callback back.
func TestStoreRecordsSteps(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	j := open(t, path)
	store := Store(stepped{err: context.DeadlineExceeded}, j, Author{})
	change := callback.NewChange(mustParse("news@mail.example.com"), callback.NewURL("https://former.example/"), callback.NewURL("https://next.example/"))
	if _, err := store.Make(t.Context(), change); err == nil {
		t.Fatal("made")
	}
	if _, err := store.Load(t.Context(), callback.PartAll); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	next := open(t, path)
	left, err := next.Left(t.Context(), Account{})
	if err != nil {
		t.Fatal(err)
	}
	settled, err := next.Settle(t.Context(), left, callback.Set{}, callback.PartAll)
	if err != nil || len(settled.CutOff) != 1 {
		t.Errorf("settled %+v, %v", settled, err)
	}
}
