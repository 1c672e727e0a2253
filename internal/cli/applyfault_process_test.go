package cli_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/seed"
	"github.com/sesctl/sesctl/internal/ses"
	"github.com/sesctl/sesctl/pkg/callback"
)

// process returns a function that runs sesctl as a separate process for the same user.
func (s *session) process(args ...string) *exec.Cmd {
	s.t.Helper()
	program, err := exec.LookPath("sesctl") // TestMain puts it into the PATH
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.CommandContext(s.t.Context(), program, args...)
	cmd.Env = buildEnv()
	for name, value := range s.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd
}

// TestApplyKilled kills the program at random moments, and checks that the next run
// finishes the work.
func TestApplyKilled(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows releases the locks of a killed process only after some time")
	}
	random, kills := seed.New(t), kills()
	user := newSession(t)
	user.env["SESCTL_LOCAL_STATE"] = filepath.Join(user.env["HOME"], "state.db")
	there := newTask(t, 18)
	back := there.reversed(t)
	first := holdsLocal(t, user, there.senders, there.before)

	began := time.Now()
	if out, err := user.process("callback", "apply", "-f", there.file, "--yes", "--force").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	usual := time.Since(began)
	killed, tries := 0, 0
	work := there
	for ; killed < kills && tries < 3*kills; tries++ {
		if work = back; tries%2 == 1 {
			work = there
		}
		cmd := user.process("callback", "apply", "-f", work.file, "--yes", "--force")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(time.Duration(random.Int64N(int64(usual))), func() { _ = cmd.Process.Kill() })
		if err := cmd.Wait(); err != nil {
			killed++
		}
		timer.Stop()
		user.must("callback", "apply", "-f", work.file, "--yes", "--force")
		user.must("callback", "plan", "-f", work.file, "--prune", "--exit-code")
		if tries%20 == 0 {
			checkReplay(t, user.history(), first, work.after)
		}
	}
	checkReplay(t, user.history(), first, work.after)
	if got := holdsLocal(t, user, nil, callback.Set{}); !equalSets(got, work.after) {
		t.Errorf("the state file holds %v\nwant %v", got.All(), work.after.All())
	}
	t.Logf("%d of %d were killed before their end; one takes %s", killed, tries, usual)
}

// TestReadDuringKilledApply reads the account while apply works, and then kills apply.
// The journal must not use what the reader saw to settle changes that were made after
// the read.
func TestReadDuringKilledApply(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows releases the locks of a killed process only after some time")
	}
	work := newTask(t, 60)
	s := newShaky(t, work.senders, work.before)
	user := s.session()
	first, look, twentieth, end := make(chan struct{}), make(chan struct{}), make(chan struct{}), make(chan struct{})
	var writes atomic.Int64
	s.calls(func(action string) {
		if strings.HasPrefix(action, "Get") || strings.HasPrefix(action, "List") {
			return
		}
		switch writes.Add(1) {
		case 1:
			close(first)
			<-look
		case 20:
			close(twentieth)
			<-end // the process is killed in the meantime
		}
	})
	t.Cleanup(func() { close(end) })
	cmd := user.process("callback", "apply", "-f", work.file, "--yes", "--parallel", "1")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-first
	if status, _, stderr := user.run(t.Context(), "callback", "list"); status != 0 || stderr != "" {
		t.Errorf("the reader: exit status %d: %s", status, stderr)
	}
	close(look)
	<-twentieth
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if _, _, stderr := user.run(t.Context(), "callback", "list"); !strings.Contains(stderr, "interrupted") {
		t.Errorf("the next command does not report the interrupted change: %s", stderr)
	}
	s.checkJournal(user)
	s.finish(user, work)
}

// reversed returns the task that undoes this one.
func (w task) reversed(t *testing.T) task {
	t.Helper()
	back := task{senders: w.senders, before: w.after, after: w.before, file: filepath.Join(t.TempDir(), "back.yaml")}
	var text strings.Builder
	text.WriteString("version: 1\naccount: " + back.after.URL(callback.Account()).Whole() + "\nsenders:\n")
	for _, sender := range w.senders {
		target, err := callback.ParseSender(sender)
		if err != nil {
			t.Fatal(err)
		}
		url := back.after.URL(target).Whole()
		if url == "" {
			url = "none"
		}
		text.WriteString("  " + sender + ": " + url + "\n")
	}
	if err := os.WriteFile(back.file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return back
}

// holdsLocal opens the local state of the user, adds callbacks, and returns all
// callbacks in it. A fresh state also gets the senders.
func holdsLocal(t *testing.T, user *session, senders []string, add callback.Set) callback.Set {
	t.Helper()
	e, err := emulator.Open(t.Context(), emulator.Options{StateFile: user.env["SESCTL_LOCAL_STATE"], Senders: senders})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	client, err := ses.New(ses.Options{Endpoint: "http://localhost", Region: "ap-guangzhou", Transport: e.Transport(),
		Credentials: ses.Credentials{SecretID: "local", SecretKey: "local"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range add.All() {
		if _, err := client.Make(t.Context(), callback.NewChange(c.Target, callback.URL{}, c.URL)); err != nil {
			t.Fatal(err)
		}
	}
	snapshot, err := client.Load(t.Context(), callback.PartCallbacks)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot.Callbacks
}

// hold makes an account delay its answers to writes. The returned channel is closed when
// n writes have arrived, and the answers are sent when release is called.
func (s *shaky) hold(writes int) (reached chan struct{}, release func()) {
	reached, released := make(chan struct{}), make(chan struct{})
	var mu sync.Mutex
	n := 0
	s.calls(func(action string) {
		if strings.HasPrefix(action, "Get") || strings.HasPrefix(action, "List") {
			return
		}
		mu.Lock()
		if n++; n == writes {
			close(reached)
		}
		mu.Unlock()
		<-released
	})
	return reached, sync.OnceFunc(func() { close(released) })
}

func TestApplyInterrupted(t *testing.T) {
	t.Parallel()
	const parallel = 4
	apply := func(work task) []string {
		return []string{"callback", "apply", "-f", work.file, "--yes", "-o", "json", "--parallel", "4"}
	}
	check := func(t *testing.T, s *shaky, user *session, work task, stdout, stderr string) applied {
		t.Helper()
		if !strings.Contains(stderr, `"kind":"interrupted"`) {
			t.Errorf("stderr is %s", stderr)
		}
		s.checkReport(stdout, stderr)
		report := readApplied(t, stdout)
		changes := len(callback.Diff(work.before, work.after).Changes)
		if len(report.Applied) < parallel || len(report.Failed) == 0 || len(report.Applied)+len(report.Failed) != changes {
			t.Errorf("%d applied, %d failed; there are %d changes", len(report.Applied), len(report.Failed), changes)
		}
		for _, c := range report.Failed {
			if !strings.HasPrefix(c.Error, "not tried: ") {
				t.Errorf("failed: %+v", c)
			}
		}
		if written := s.wrote(); len(written) != len(report.Applied) {
			t.Errorf("written: %v\nreported: %v", written, report.Applied)
		}
		s.checkJournal(user)
		s.calls(nil)
		s.finish(user, work)
		return report
	}
	t.Run("in this process", func(t *testing.T) {
		t.Parallel()
		work := newTask(t, 120)
		s := newShaky(t, work.senders, work.before)
		user := s.session()
		ctx, interrupt := context.WithCancel(t.Context())
		reached, release := s.hold(parallel)
		go func() {
			<-reached
			interrupt()
			release()
		}()
		status, stdout, stderr := user.run(ctx, apply(work)...)
		if status != 130 {
			t.Errorf("exit status %d, want 130: %s", status, stderr)
		}
		if report := check(t, s, user, work, stdout, stderr); len(report.Applied) != parallel {
			t.Errorf("%d applied; %d were in flight", len(report.Applied), parallel)
		}
	})
	t.Run("by a signal", func(t *testing.T) {
		t.Parallel()
		if runtime.GOOS == "windows" {
			t.Skip("Windows has no signal to send to another process")
		}
		work := newTask(t, 120)
		s := newShaky(t, work.senders, work.before)
		user := s.session()
		reached, release := s.hold(parallel)
		t.Cleanup(release)
		var stdout, stderr bytes.Buffer
		cmd := user.process(apply(work)...)
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		<-reached
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		release()
		var exit *exec.ExitError
		if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 130 {
			t.Errorf("%v, want exit status 130: %s", err, stderr.String())
		}
		check(t, s, user, work, stdout.String(), stderr.String())
	})
}
