package emulator

import (
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/emulator/delivery"
	"github.com/sesctl/sesctl/internal/emulator/state"
)

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// sendOne opens an emulator with a callback, and sends an email with it.
func sendOne(t *testing.T, o Options) *Emulator {
	t.Helper()
	e, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	err = e.state.Update(func(tx *state.Tx) error {
		return tx.Put(state.BucketMeta, keyAccountURL, []byte("http://localhost:8080/"))
	})
	if err != nil {
		t.Fatal(err)
	}
	in := object{"FromEmailAddress": DefaultSenders()[0], "Subject": "s", "Destination": []any{"a@example.com"},
		"Template": object{"TemplateID": int64(1), "TemplateData": "{}"}}
	if err := e.transact(&request{Emulator: e, action: e.actions["SendEmail"], in: in}); err != nil {
		t.Fatal(err)
	}
	return e
}

// TestPublicAddressBehindAName checks that a host with a private name is refused if
// its address is public.
func TestPublicAddressBehindAName(t *testing.T) {
	t.Parallel()
	e := sendOne(t, Options{Deliveries: DeliveryOptions{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
		return nil, fmt.Errorf("dial: %w", delivery.ErrPublicHost)
	})}})
	if err := errors.Join(e.Settle(t.Context()), e.Close()); err != nil {
		t.Fatal(err)
	}
	if all, _, err := e.Deliveries(); err != nil || all[0].Status != DeliverySkipped || !strings.Contains(all[0].Reason, "public address") {
		t.Errorf("%+v, %v", all, err)
	}
}

// TestResultThatCannotBeRecorded checks that Close returns an error if a result could
// not be recorded.
func TestResultThatCannotBeRecorded(t *testing.T) {
	t.Parallel()
	attempted, lost := make(chan struct{}), make(chan struct{})
	e := sendOne(t, Options{StateFile: filepath.Join(t.TempDir(), "state.db"), Deliveries: DeliveryOptions{
		Transport: roundTripper(func(*http.Request) (*http.Response, error) {
			close(attempted)
			<-lost
			return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
		})}})
	<-attempted
	if err := e.state.Close(); err != nil { // like a disk that fails
		t.Error(err)
	}
	close(lost)
	if err := e.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err == nil || !strings.Contains(err.Error(), "cannot record the results") {
		t.Errorf("the first Close: %v", err)
	}
	if err := e.Close(); err != nil {
		t.Errorf("the second Close: %v", err)
	}
}

func TestWriteErrorNamesWhatIsInTheFile(t *testing.T) {
	t.Parallel()
	for made, want := range map[bool]string{true: "The change was made, but it may be lost: ", false: "Nothing was changed: "} {
		if got := writeError(fmt.Errorf("a test: %w", &state.WriteError{Made: made, Err: errors.New("it failed")})); !strings.HasPrefix(got.message, want) {
			t.Errorf("made %v: %s", made, got.message)
		}
	}
}
