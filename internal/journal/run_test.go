package journal

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/pkg/callback"
)

// runFiles returns the lock files of runs beside a journal.
func runFiles(t *testing.T, j *Journal) []string {
	t.Helper()
	files, err := filepath.Glob(j.path + ".*.lock")
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestSettleLeavesWhoIsAtWork begins an entry in one journal and settles it in
// another: before the first journal is closed, and after.
func TestSettleLeavesWhoIsAtWork(t *testing.T) {
	t.Parallel()
	j := newJournal(t)
	other := open(t, j.Path())
	settles := func(by *Journal, want int) {
		t.Helper()
		settled, err := settle(t, by, account, callback.Set{}, callback.PartAll)
		if err != nil || len(settled) != want {
			t.Errorf("settled %v, %v; want %d", settled, err, want)
		}
	}
	first := begin(t, j, sample)
	settles(other, 0)
	settles(j, 0) // it is at work itself
	second := begin(t, j, sample)
	if files := runFiles(t, j); len(files) != 1 {
		t.Errorf("files of one run: %v", files)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if files := runFiles(t, j); len(files) != 0 {
		t.Errorf("left after the end: %v", files)
	}
	settles(other, 2)
	for _, e := range read(t, j).Entries {
		if e.Outcome != Failed {
			t.Errorf("%s of %s, %s is %s", e.ID, first, second, e.Outcome)
		}
	}
	begin(t, j, sample) // again, after the end
	settles(other, 0)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestSettleByAnEarlierReading reads the account while another process is at work.
// That process then makes its change and is killed. The earlier reading must not
// decide about the change.
func TestSettleByAnEarlierReading(t *testing.T) {
	t.Parallel()
	j := newJournal(t)
	other := open(t, j.Path())
	id := begin(t, j, sample)
	left, err := other.Left(t.Context(), account)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil { // as the end of its process does
		t.Fatal(err)
	}
	if settled, err := other.Settle(t.Context(), left, callback.Set{}, callback.PartAll); err != nil || len(settled.Ended) != 0 {
		t.Errorf("settled %v, %v", settled, err)
	}
	if left, err = other.Left(t.Context(), account); err != nil {
		t.Fatal(err)
	}
	end(t, other, id, Done) // by a third, meanwhile
	if settled, err := other.Settle(t.Context(), left, callback.Set{}, callback.PartAll); err != nil || len(settled.Ended) != 0 {
		t.Errorf("settled %v, %v", settled, err)
	}
}

// TestRunsOfAFileEditedByHand uses invalid names of runs. No other file on the
// disk is looked up for them.
func TestRunsOfAFileEditedByHand(t *testing.T) {
	t.Parallel()
	j := newJournal(t)
	begin(t, j, sample)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(j.Path())
	if err != nil {
		t.Fatal(err)
	}
	at := strings.Index(string(text), `"run":"`) + len(`"run":"`)
	for _, run := range []string{"", "x", "../../../../", "ABCDEFGHIJKL", "aaaaaaaaaaaa"} {
		if err := os.WriteFile(j.Path(), []byte(string(text[:at])+run+string(text[at+runLength:])), 0o600); err != nil {
			t.Fatal(err)
		}
		settled, err := settle(t, open(t, j.Path()), account, callback.Set{}, callback.PartAll)
		if err != nil || len(settled) != 1 {
			t.Errorf("run %q: settled %v, %v", run, settled, err)
		}
	}
	if files := runFiles(t, j); len(files) != 0 {
		t.Errorf("made by looking: %v", files)
	}
}
