package journal

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// refusing refuses changes to one address, and shows the journal while it works.
type refusing struct {
	address string
	during  func(callback.Target)
}

func (r refusing) Load(context.Context, callback.Parts) (callback.Snapshot, error) {
	return callback.Snapshot{}, nil
}

func (r refusing) Put(_ context.Context, c callback.Callback, _ string) (callback.Receipt, error) {
	r.during(c.Target)
	if c.Target.Address() == r.address {
		return callback.Receipt{}, failure.New(failure.Failure, "refused")
	}
	return callback.Receipt{RequestID: "r"}, nil
}

func (r refusing) Delete(ctx context.Context, c callback.Callback) (callback.Receipt, error) {
	return r.Put(ctx, c, c.URL)
}

func TestAnnounce(t *testing.T) {
	t.Parallel()
	j := newJournal(t)
	outcomes := func() map[string]Outcome {
		t.Helper()
		h, err := j.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]Outcome{}
		for _, e := range h.Entries {
			if _, twice := out[e.Sender]; twice {
				t.Errorf("two entries of %q", e.Sender)
			}
			out[e.Sender] = e.Outcome
		}
		return out
	}
	inner := refusing{address: "b@x.example", during: func(target callback.Target) {
		if outcomes()[target.Address()] != Pending {
			t.Errorf("the change of %s is made before its entry", target)
		}
	}}
	store := Store(inner, j, Author{Who: func() string { return "me" }})
	var changes []callback.Change
	for _, address := range []string{"a@x.example", "b@x.example", "c@x.example", "d@x.example"} {
		target, err := callback.ParseSender(address)
		if err != nil {
			t.Fatal(err)
		}
		changes = append(changes, callback.Change{Action: callback.ActionCreate, Target: target, New: "https://x.example/"})
	}
	store.Announce(t.Context(), changes[:3])
	if got := outcomes(); len(got) != 3 {
		t.Fatalf("announced: %v", got)
	}
	for _, i := range []int{0, 1, 3} { // the last was not announced
		_, err := store.Put(t.Context(), callback.Callback{Target: changes[i].Target, URL: changes[i].New}, "")
		if (err != nil) != (i == 1) {
			t.Errorf("%v: %v", changes[i], err)
		}
	}
	store.Withdraw(changes)
	if _, err := store.Load(t.Context(), callback.PartCallbacks); err != nil {
		t.Fatal(err)
	}
	got := outcomes()
	want := map[string]Outcome{"a@x.example": Done, "b@x.example": Failed, "c@x.example": Failed, "d@x.example": Done}
	for address, outcome := range want {
		if got[address] != outcome {
			t.Errorf("%s: %s; want %s", address, got[address], outcome)
		}
	}
}

// TestAnnounceCannotWrite shows that a change is not made where its entry cannot
// be written, although announcing tells of no error.
func TestAnnounceCannotWrite(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	j, err := Open(Options{Path: folder}) // a folder is no file
	if err != nil {
		t.Fatal(err)
	}
	store := Store(refusing{during: func(callback.Target) { t.Error("the change was made") }}, j, Author{})
	change := callback.Change{Action: callback.ActionCreate, New: "https://x.example/"}
	store.Announce(t.Context(), []callback.Change{change})
	var e *failure.Error
	if _, err := store.Put(t.Context(), callback.Callback{URL: change.New}, ""); !errors.As(err, &e) || e.Kind != failure.Failure {
		t.Errorf("error %v", err)
	}
	if _, err := os.ReadDir(folder); err != nil {
		t.Error(err)
	}
}
