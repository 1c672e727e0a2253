package emulator_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// If one of these variables names a state file, the test binary acts as another
// process.
const (
	// holdEnv: lock the file, write one callback to it, print a line, and wait for
	// the end of the input.
	holdEnv = "EMULATOR_TEST_HOLD"
	// fullEnv: write to the file while the disk is full.
	fullEnv = "EMULATOR_TEST_FULL"
)

func TestMain(m *testing.M) {
	var err error
	switch {
	case os.Getenv(holdEnv) != "":
		err = hold(os.Getenv(holdEnv))
	case os.Getenv(fullEnv) != "":
		err = writeToFullDisk(os.Getenv(fullEnv))
	default:
		os.Exit(m.Run())
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// rawCall calls an action outside of a test.
func rawCall(e *emulator.Emulator, action, body string) string {
	w := httptest.NewRecorder()
	e.ServeHTTP(w, newSigned(action, body).request())
	return w.Body.String()
}

func hold(path string) error {
	e, err := emulator.Open(context.Background(), emulator.Options{StateFile: path, Now: func() time.Time { return noon }})
	if err != nil {
		return err
	}
	if got := rawCall(e, "CreateAddressTrackUrl", `{"Address":"`+news+`","TrackUrl":"`+url2+`"}`); strings.Contains(got, "Error") {
		return errors.New(got)
	}
	fmt.Println("held")
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
	return e.Close()
}

// writeToFullDisk returns nil if a write without room on the disk fails and changes
// nothing.
func writeToFullDisk(path string) error {
	e, err := emulator.Open(context.Background(), emulator.Options{StateFile: path, Now: func() time.Time { return noon }})
	if err != nil {
		return err
	}
	if err := fillDisk(); err != nil {
		return err
	}
	long := url1 + "?" + strings.Repeat("x", 60_000)
	if got := rawCall(e, "UpdateWebhookUrl", `{"Url":"`+long+`"}`); !strings.Contains(got, sesapi.CodeInternalError) ||
		!strings.Contains(got, "Nothing was changed: cannot write the state file") {
		return errors.New(got)
	}
	if got := rawCall(e, "GetWebhookUrl", "{}"); !strings.Contains(got, `"Url":"",`) {
		return errors.New(got)
	}
	return e.Close()
}

// holder starts another process that holds a state file. Calling release ends the
// process.
func holder(t *testing.T, path string) (process *os.Process, release func()) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), holdEnv+"="+path)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "held\n" {
		t.Fatalf("the other process printed %q (%v)", line, err)
	}
	return cmd.Process, func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	}
}

func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	process, release := holder(t, path)
	defer release()

	_, err := reopen(t, path)
	var failed *failure.Error
	if !errors.As(err, &failed) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "another process uses") ||
		len(failed.Hints) == 0 || !strings.Contains(failed.Hints[0], "sesctl emulator serve") {
		t.Fatalf("while it is held: %v", err)
	}
	if err := emulator.Reset(t.Context(), path, time.Millisecond); err == nil || !strings.Contains(err.Error(), "another process uses") {
		t.Fatalf("reset while it is held: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := emulator.Open(ctx, emulator.Options{StateFile: path}); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted while waiting: %v", err)
	}

	// The other process is killed; every change that it confirmed exists.
	opened := make(chan error, 1)
	go func() {
		e, err := emulator.Open(t.Context(), emulator.Options{StateFile: path, Wait: time.Minute, Now: func() time.Time { return noon }})
		if err == nil {
			if got := rawCall(e, "ListAddressTrackUrl", "{}"); !strings.Contains(got, `"Total":1,`) {
				err = fmt.Errorf("the callback of the other process is not there: %s", got)
			}
			err = errors.Join(err, e.Close())
		}
		opened <- err
	}()
	if err := process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := <-opened; err != nil {
		t.Error(err)
	}
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("a full disk cannot be shown here")
	}
	path := filepath.Join(t.TempDir(), "state.db")
	fresh(t, path)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), fullEnv+"="+path)
	// Its output is a pipe, which has no size limit.
	if out, err := cmd.Output(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	e, err := reopen(t, path)
	if err != nil {
		t.Fatal(err)
	}
	must(t, e, "UpdateWebhookUrl", `{"Url":"`+url1+`"}`)
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}
