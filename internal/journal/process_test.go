package journal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/sesctl/sesctl/internal/seed"
	"github.com/sesctl/sesctl/pkg/callback"
)

// childEnv makes the test binary run as the process that the tests below start. It
// holds the path of a journal.
const (
	childEnv   = "JOURNAL_TEST_CHILD"
	childCount = "JOURNAL_TEST_COUNT"
	childSeed  = "JOURNAL_TEST_SEED" // of the lengths of what it writes
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childEnv); path != "" {
		if err := child(path, os.Getenv(childCount), os.Getenv(childSeed)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// child makes changes from several goroutines. It prints on standard output what
// the journal has confirmed: "begin ID" and "end ID".
func child(path, count, start string) error {
	j, err := Open(Options{Path: path})
	if err != nil {
		return err
	}
	var n int
	var first uint64
	if _, err := fmt.Sscan(count+" "+start, &n, &first); err != nil {
		return err
	}
	const workers = 4
	failures := make(chan error, workers)
	for worker := range workers {
		go func() {
			random := rand.New(rand.NewPCG(first, uint64(worker)))
			for i := range n {
				e := sample
				e.Change.Old, e.Change.New = callback.NewURL(fmt.Sprintf("%d-%d-%d", os.Getpid(), worker, i)), callback.NewURL(strings.Repeat("x", random.IntN(5000)))
				id, err := j.Begin(context.Background(), e)
				if err != nil {
					failures <- err
					return
				}
				fmt.Println("begin", id)
				if err := j.End(context.Background(), id, Done, "r"); err != nil {
					failures <- err
					return
				}
				fmt.Println("end", id)
			}
			failures <- nil
		}()
	}
	for range workers {
		err = errors.Join(err, <-failures)
	}
	return err
}

func startChild(t *testing.T, path string, count int, random *rand.Rand) (*exec.Cmd, io.Reader) {
	t.Helper()
	command := exec.CommandContext(t.Context(), os.Args[0])
	command.Env = append(os.Environ(), childEnv+"="+path, fmt.Sprintf("%s=%d", childCount, count), fmt.Sprintf("%s=%d", childSeed, random.Uint64()))
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	return command, out
}

// confirmed returns the output lines of a child, up to the end of its output.
func confirmed(lines *bufio.Scanner, outcomes map[string]Outcome) bool {
	if !lines.Scan() {
		return false
	}
	verb, id, ok := strings.Cut(lines.Text(), " ")
	switch {
	case ok && verb == "end":
		outcomes[id] = Done
	case ok && verb == "begin" && outcomes[id] == "":
		outcomes[id] = Pending
	}
	return true
}

// TestKilled kills a process that writes, at random points and many times, with
// one file. Every confirmed record is in the journal.
func TestKilled(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	outcomes := map[string]Outcome{}
	random := seed.New(t)
	for range seed.Kills(40) {
		command, out := startChild(t, path, 1_000_000, random)
		lines := bufio.NewScanner(out)
		for range 1 + random.IntN(60) {
			confirmed(lines, outcomes)
		}
		if err := command.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for confirmed(lines, outcomes) {
		}
		if err := command.Wait(); err == nil {
			t.Fatal("the process ended by itself")
		}
	}
	j := open(t, path)
	checkConfirmed(t, read(t, j), outcomes)

	pending := pendingOf(read(t, j), account)
	set := callback.Set{}.With(sample.Change.Target, callback.NewURL("https://elsewhere.example/"))
	settled, err := settle(t, j, account, set, callback.PartAll)
	if err != nil || len(settled) != len(pending) || len(pendingOf(read(t, j), account)) != 0 {
		t.Errorf("settled %d of %d: %v", len(settled), len(pending), err)
	}
	begin(t, j, sample)
	if files := runFiles(t, j); len(files) != 1 {
		t.Errorf("the next run must remove the files of killed runs, but leaves %v", files)
	}
	if err := j.Close(); err != nil {
		t.Error(err)
	}
}

// checkConfirmed compares a journal with the records that its writers confirmed.
func checkConfirmed(t *testing.T, h History, outcomes map[string]Outcome) {
	t.Helper()
	got := map[string]Outcome{}
	previous := ""
	for _, e := range h.Entries {
		if previous != "" && e.ID >= previous {
			t.Fatalf("%s stands before %s", previous, e.ID)
		}
		previous, got[e.ID] = e.ID, e.Outcome
	}
	for id, want := range outcomes {
		if got[id] == "" || want == Done && got[id] != Done {
			t.Errorf("%s is %q in the journal; confirmed was %s", id, got[id], want)
		}
	}
	for _, d := range h.Damage {
		// A killed process may leave half a line, and a second half line if an end
		// was in the same write. Nothing else may be damaged.
		if d.Reason != "it is not a complete JSON object" && d.Reason != "it is incomplete" {
			t.Errorf("damage: %s", d)
		}
	}
	t.Logf("%d entries, %d confirmed, %d damaged lines", len(h.Entries), len(outcomes), len(h.Damage))
}

func TestSeveralProcesses(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	const processes, count, workers = 4, 10, 4
	outcomes := map[string]Outcome{}
	var mu sync.Mutex
	var all sync.WaitGroup
	random := seed.New(t)
	for range processes {
		command, out := startChild(t, path, count, random)
		all.Go(func() {
			own := map[string]Outcome{}
			lines := bufio.NewScanner(out)
			for confirmed(lines, own) {
			}
			if err := command.Wait(); err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			for id, outcome := range own {
				if outcomes[id] != "" {
					t.Errorf("two processes were given %s", id)
				}
				outcomes[id] = outcome
			}
		})
	}
	all.Wait()
	h := read(t, open(t, path))
	if len(h.Entries) != processes*count*workers || len(h.Damage) != 0 || len(outcomes) != len(h.Entries) {
		t.Errorf("%d entries, %d confirmed, damage %v", len(h.Entries), len(outcomes), h.Damage)
	}
	checkConfirmed(t, h, outcomes)
	changes := map[string]bool{}
	for _, e := range h.Entries {
		if changes[e.Change.Old.Whole()] || e.Outcome != Done {
			t.Errorf("entry %s: %s", e.ID, e.Outcome)
		}
		changes[e.Change.Old.Whole()] = true
	}
}
