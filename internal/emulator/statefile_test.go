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
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// holdEnv makes the test binary hold the state file that it names, write one
// callback into it, say so, and wait for the end of its input.
const holdEnv = "EMULATOR_TEST_HOLD"

func TestMain(m *testing.M) {
	path := os.Getenv(holdEnv)
	if path == "" {
		os.Exit(m.Run())
	}
	if err := hold(path); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func hold(path string) error {
	e, err := emulator.Open(context.Background(), emulator.Options{StateFile: path, Now: func() time.Time { return noon }})
	if err != nil {
		return err
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, newSigned("CreateAddressTrackUrl", `{"Address":"`+news+`","TrackUrl":"`+url2+`"}`).request())
	if strings.Contains(w.Body.String(), "Error") {
		return errors.New(w.Body.String())
	}
	fmt.Println("held")
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
	return e.Close()
}

// holder starts another process that holds a state file; release ends it.
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
		t.Fatalf("the other process says %q (%v)", line, err)
	}
	return cmd.Process, func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	}
}

func reopen(t *testing.T, path string) (*emulator.Emulator, error) {
	t.Helper()
	return emulator.Open(t.Context(), emulator.Options{StateFile: path, Wait: time.Millisecond, Now: func() time.Time { return noon }})
}

func TestStatePersists(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "new", "state.db")
	e, err := reopen(t, path)
	if err != nil {
		t.Fatal(err)
	}
	reads := []step{{"ListEmailAddress", "{}", ""}, {"GetWebhookUrl", "{}", ""}, {"ListAddressTrackUrl", "{}", ""}, {"ListEmailIdentities", "{}", ""}}
	writes := []step{
		{"CreateEmailAddress", `{"EmailAddress":"a@b.example.com","EmailSenderName":"Ä"}`, ""},
		{"CreateAddressTrackUrl", `{"Address":"a@b.example.com","TrackUrl":"` + url1 + `"}`, ""},
		{"UpdateAddressTrackUrl", `{"Address":"a@b.example.com","TrackUrl":"` + url2 + `"}`, ""},
		{"UpdateWebhookUrl", `{"Url":"` + url1 + `"}`, ""},
		{"CreateAddressTrackUrl", `{"Address":"` + news + `","TrackUrl":"` + url1 + `"}`, ""},
		{"DeleteAddressTrackUrl", `{"Address":"` + news + `"}`, ""},
		{"CreateAddressTrackUrl", `{"Address":"noreply@mail.example.com","TrackUrl":"` + url1 + `"}`, ""},
		{"DeleteEmailAddress", `{"EmailAddress":"noreply@mail.example.com"}`, ""},
		{"UpdateWebhookUrl", `{"Url":""}`, ""},
	}
	for _, w := range writes {
		must(t, e, w.action, w.body)
		var before []any
		for _, r := range reads {
			before = append(before, must(t, e, r.action, r.body))
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		if e, err = reopen(t, path); err != nil {
			t.Fatal(err)
		}
		for i, r := range reads {
			if got := must(t, e, r.action, r.body); !reflect.DeepEqual(got, before[i]) {
				t.Errorf("after %s %s: %s gives %v, was %v", w.action, w.body, r.action, got, before[i])
			}
		}
	}
	if err := errors.Join(e.Close(), e.Close()); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	must(t, e, "ListEmailAddress", "{}")
	if got := do(t, e, "UpdateWebhookUrl", `{"Url":""}`); got.code != sesapi.CodeInternalError {
		t.Errorf("a write after closing: %q", got.code)
	}
	if runtime.GOOS != "windows" {
		for name, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
			if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
				t.Errorf("%s: %v, %v", name, info.Mode(), err)
			}
		}
	}
}

// Reading a state leaves its file as it is, byte for byte.
func TestReadingDoesNotWrite(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	var before []byte
	for range 3 {
		e, err := reopen(t, path)
		if err != nil {
			t.Fatal(err)
		}
		must(t, e, "ListEmailAddress", "{}")
		must(t, e, "ListAddressTrackUrl", "{}")
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		after, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if before != nil && string(before) != string(after) {
			t.Error("the file changed")
		}
		before = after
	}
}

func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	process, release := holder(t, path)
	defer release()

	_, err := reopen(t, path)
	var failed *failure.Error
	if !errors.As(err, &failed) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "held by another process") ||
		len(failed.Hints) == 0 || !strings.Contains(failed.Hints[0], "sesctl emulator serve") {
		t.Fatalf("while it is held: %v", err)
	}
	if err := emulator.Reset(t.Context(), path, time.Millisecond); err == nil || !strings.Contains(err.Error(), "held by another process") {
		t.Fatalf("reset while it is held: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := emulator.Open(ctx, emulator.Options{StateFile: path}); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted while waiting: %v", err)
	}

	// The other one is killed; what it was answered is there.
	opened := make(chan error, 1)
	go func() {
		e, err := emulator.Open(t.Context(), emulator.Options{StateFile: path, Wait: time.Minute, Now: func() time.Time { return noon }})
		if err == nil {
			if got := must(t, e, "ListAddressTrackUrl", "{}"); got["Total"] != 1.0 {
				err = fmt.Errorf("the callback of the other process is not there: %v", got)
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

func TestReset(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	if err := emulator.Reset(t.Context(), path, 0); err != nil {
		t.Errorf("no file: %v", err)
	}
	e, err := reopen(t, path)
	if err != nil {
		t.Fatal(err)
	}
	must(t, e, "UpdateWebhookUrl", `{"Url":"`+url1+`"}`)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if err := emulator.Reset(t.Context(), path, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file after reset: %v", err)
	}
	if e, err = reopen(t, path); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	if got := must(t, e, "GetWebhookUrl", "{}"); got["Url"] != "" {
		t.Errorf("after reset: %v", got)
	}
}

// database writes a bbolt database with one bucket and one key.
func database(bucket, key, value string) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		t.Helper()
		db, err := bbolt.Open(path, 0o600, nil)
		if err != nil {
			t.Fatal(err)
		}
		err = db.Update(func(tx *bbolt.Tx) error {
			b, err := tx.CreateBucketIfNotExists([]byte(bucket))
			if err != nil {
				return err
			}
			return b.Put([]byte(key), []byte(value))
		})
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

func fresh(t *testing.T, path string) {
	t.Helper()
	e, err := reopen(t, path)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
}

func content(text string) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFilesThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		make   func(*testing.T, string)
		want   string
		resets bool // reset takes it all the same
	}{
		"text":             {content("account: none\n"), "not a state file", false},
		"a lot of text":    {content(strings.Repeat("no database\n", 10000)), "not a state file", false},
		"another database": {database("bucket", "a", "b"), "not a state file", false},
		"another format":   {database("emulator", "format", "2"), `format "2"`, true},
		"part is missing":  {database("emulator", "format", "1"), "damaged", true},
		"damaged sender": {func(t *testing.T, path string) {
			t.Helper()
			fresh(t, path)
			database("senders", "x@example.com", "no JSON")(t, path)
		}, "damaged", true},
		"folder": {func(t *testing.T, path string) {
			t.Helper()
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}, "folder", false},
		"read-only": {func(t *testing.T, path string) {
			t.Helper()
			fresh(t, path)
			if err := os.Chmod(path, 0o400); err != nil {
				t.Fatal(err)
			}
		}, "read-only", false},
		"cut short": {func(t *testing.T, path string) {
			t.Helper()
			fresh(t, path)
			if err := os.Truncate(path, 3*int64(os.Getpagesize())); err != nil {
				t.Fatal(err)
			}
		}, "damaged: a part of it cannot be read", false},
		"pages overwritten": {func(t *testing.T, path string) {
			t.Helper()
			fresh(t, path)
			file, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			_, err = file.WriteAt([]byte(strings.Repeat("\xff", 8*os.Getpagesize())), 2*int64(os.Getpagesize()))
			if err := errors.Join(err, file.Close()); err != nil {
				t.Fatal(err)
			}
		}, "damaged", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "state.db")
			test.make(t, path)
			_, err := reopen(t, path)
			var failed *failure.Error
			if !errors.As(err, &failed) || failed.Kind != failure.Failure || len(failed.Hints) == 0 ||
				!strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("open: %v, want %q", err, test.want)
			}
			err = emulator.Reset(t.Context(), path, time.Millisecond)
			if test.resets != (err == nil) {
				t.Errorf("reset: %v", err)
			}
			if _, statErr := os.Stat(path); test.resets == (statErr == nil) {
				t.Errorf("after reset: %v", statErr)
			}
		})
	}
}

func TestFolderThatCannotBeMade(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	content("text")(t, file)
	_, err := reopen(t, filepath.Join(file, "state.db"))
	if failure.KindOf(err) != failure.Failure || err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("a file in the place of the folder: %v", err)
	}
	empty := filepath.Join(t.TempDir(), "empty")
	content("")(t, empty)
	e, err := reopen(t, empty) // as a crash right after creation leaves it
	if err != nil {
		t.Fatal(err)
	}
	must(t, e, "ListEmailAddress", "{}")
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}
