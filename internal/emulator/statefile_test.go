package emulator_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/sesapi"
)

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
	for action, body := range map[string]string{"UpdateWebhookUrl": `{"Url":""}`, "ListEmailAddress": "{}"} {
		if got := do(t, e, action, body); got.code != sesapi.CodeInternalError {
			t.Errorf("%s after closing: %q", action, got.code)
		}
	}
	if runtime.GOOS != "windows" {
		for name, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
			if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
				t.Errorf("%s: %v, %v", name, info.Mode(), err)
			}
		}
	}
}

// TestReadingDoesNotWrite checks that reading a state does not change a byte of its
// file.
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

// TestConcurrentWrites checks that simultaneous requests have one common order.
func TestConcurrentWrites(t *testing.T) {
	t.Parallel()
	e := open(t, emulator.Options{StateFile: filepath.Join(t.TempDir(), "state.db")})
	const n = 16
	refused := make(chan bool, n)
	for range n {
		go func() {
			got := rawCall(e, "CreateAddressTrackUrl", `{"Address":"`+news+`","TrackUrl":"`+url1+`"}`)
			rawCall(e, "ListAddressTrackUrl", "{}")
			refused <- strings.Contains(got, sesapi.CodeRepeatCreation)
		}()
	}
	count := 0
	for range n {
		if <-refused {
			count++
		}
	}
	if count != n-1 {
		t.Errorf("%d of %d were refused, want all but one", count, n)
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
