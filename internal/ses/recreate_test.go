package ses

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// noChange is an endpoint without an action to change a sender's callback.
func noChange(t *testing.T, with meddling) meddler {
	t.Helper()
	m := meddle(t, func(action string, n int, w http.ResponseWriter, r *http.Request, next http.Handler) {
		if action == "UpdateAddressTrackUrl" {
			answerWith(200, nil, apiError("InvalidAction", "no such action"))(w, r)
			return
		}
		with(action, n, w, r, next)
	})
	if err := put(m.direct(t), news(t), firstURL, ""); err != nil {
		t.Fatal(err)
	}
	return m
}

func (m meddler) holds(t *testing.T, url string) {
	t.Helper()
	snapshot, err := m.direct(t).Load(t.Context(), callback.PartSenderCallbacks)
	if got := snapshot.Callbacks.URL(news(t)); err != nil || got.Whole() != url {
		t.Errorf("the callback is %q, not %q; %v", got, url, err)
	}
}

func TestChangeByCreating(t *testing.T) {
	t.Parallel()
	m := noChange(t, func(_ string, _ int, w http.ResponseWriter, r *http.Request, next http.Handler) { next.ServeHTTP(w, r) })
	receipt, err := newClient(t, Options{Endpoint: m.URL}).Make(t.Context(), callback.NewChange(news(t), callback.NewURL(firstURL), callback.NewURL(secretURL)))
	if err != nil || receipt.RequestID == "" {
		t.Fatalf("the receipt is %+v, the error %v", receipt, err)
	}
	if len(receipt.Notes) != 1 || !strings.Contains(receipt.Notes[0], "deleted and created") || !strings.Contains(receipt.Notes[0], "UpdateAddressTrackUrl (inferred)") {
		t.Errorf("the notes are %q", receipt.Notes)
	}
	m.holds(t, secretURL)
}

// TestStepsNotBegun checks that nothing is deleted if the steps cannot be
// recorded.
func TestStepsNotBegun(t *testing.T) {
	t.Parallel()
	m := noChange(t, func(_ string, _ int, w http.ResponseWriter, r *http.Request, next http.Handler) { next.ServeHTTP(w, r) })
	full := errors.New("the disk is full")
	refuse := func(context.Context) error { return full }
	change := callback.NewChange(news(t), callback.NewURL(firstURL), callback.NewURL(secretURL))
	if _, err := newClient(t, Options{Endpoint: m.URL}).MakeInSteps(t.Context(), change, refuse); !errors.Is(err, full) {
		t.Errorf("the error is %v", err)
	}
	blind := callback.NewBlindChange(news(t), callback.NewURL(secretURL), true)
	if _, err := newClient(t, Options{Endpoint: m.URL}).MakeInSteps(t.Context(), blind, refuse); !errors.Is(err, full) {
		t.Errorf("blind: the error is %v", err)
	}
	m.holds(t, firstURL)
}

// TestChangeByCreatingFails makes the creation fail in every way, and also the
// attempt to put the previous callback back.
func TestChangeByCreatingFails(t *testing.T) {
	t.Parallel()
	forbidden := answerWith(200, nil, apiError("FailedOperation.URLForbidden", "not "+secretURL))
	for name, test := range map[string]struct {
		create func(n int, w http.ResponseWriter, r *http.Request, next http.Handler)
		remove func(w http.ResponseWriter, r *http.Request, next http.Handler)
		kind   failure.Kind
		texts  []string
		holds  string
	}{
		"creation refused": {
			create: func(n int, w http.ResponseWriter, r *http.Request, next http.Handler) {
				if n == 1 {
					forbidden(w, r)
					return
				}
				next.ServeHTTP(w, r)
			}, kind: failure.Failure, texts: []string{"forbids", "the previous callback was restored"}, holds: firstURL,
		},
		"creation dropped": {
			create: func(n int, w http.ResponseWriter, r *http.Request, next http.Handler) {
				if n == 1 {
					drop(w, r)
					return
				}
				next.ServeHTTP(w, r)
			}, kind: failure.Failure, texts: []string{"closed the connection", "the previous callback was restored"}, holds: firstURL,
		},
		"putting back refused": {
			create: func(_ int, w http.ResponseWriter, r *http.Request, _ http.Handler) { forbidden(w, r) },
			kind:   failure.Conflict, texts: []string{"cannot be restored", "no callback of its own now", "sesctl callback set --sender news@mail.example.com"},
		},
		"deletion refused": {
			remove: func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
				answerWith(200, nil, apiError("OperationDenied.NotAllowDelete", "no"))(w, r)
			}, kind: failure.Failure, texts: []string{"does not allow the deletion"}, holds: firstURL,
		},
		"gone before": {
			remove: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
				body, _ := io.ReadAll(r.Body)
				first := r.Clone(r.Context())
				first.Body = io.NopCloser(strings.NewReader(string(body)))
				r.Body = io.NopCloser(strings.NewReader(string(body)))
				carryOut(first, next)
				next.ServeHTTP(w, r)
			}, kind: failure.Conflict, texts: []string{"existed when the account was read"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := noChange(t, func(action string, n int, w http.ResponseWriter, r *http.Request, next http.Handler) {
				switch {
				case action == "CreateAddressTrackUrl" && test.create != nil:
					test.create(n, w, r, next)
				case action == "DeleteAddressTrackUrl" && test.remove != nil:
					test.remove(w, r, next)
				default:
					next.ServeHTTP(w, r)
				}
			})
			_, err := settled(t.Context(), newClient(t, Options{Endpoint: m.URL}), callback.NewChange(news(t), callback.NewURL(firstURL), callback.NewURL(secretURL)))
			checkError(t, err, test.kind, test.texts...)
			m.holds(t, test.holds)
		})
	}
}

// TestInterruptedChange interrupts between the deletion and the creation, during
// the deletion, and during the creation.
func TestInterruptedChange(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		action     string
		carriedOut bool
		answered   bool
		holds      string
		made       bool
	}{
		"after the deletion":            {"DeleteAddressTrackUrl", true, true, firstURL, false},
		"in the deletion":               {"DeleteAddressTrackUrl", true, false, firstURL, false},
		"before the deletion":           {"DeleteAddressTrackUrl", false, false, firstURL, false},
		"in the creation":               {"CreateAddressTrackUrl", true, false, secretURL, true},
		"in the creation, not done yet": {"CreateAddressTrackUrl", false, false, firstURL, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, interrupt := context.WithCancel(t.Context())
			m := noChange(t, func(action string, n int, w http.ResponseWriter, r *http.Request, next http.Handler) {
				if action != test.action || n > 1 {
					next.ServeHTTP(w, r)
					return
				}
				if test.answered {
					interrupt() // the answer comes too late, or just in time
					next.ServeHTTP(w, r)
					return
				}
				if test.carriedOut {
					carryOut(r, next)
				}
				interrupt()
				_, _ = io.Copy(io.Discard, r.Body)
				<-r.Context().Done()
			})
			_, err := settled(ctx, newClient(t, Options{Endpoint: m.URL}), callback.NewChange(news(t), callback.NewURL(firstURL), callback.NewURL(secretURL)))
			e, made := checkError(t, err, failure.Interrupted, "interrupted"), strings.Contains(err.Error(), "interrupted after the callback")
			if made != test.made || e.Unknown && !made && !strings.Contains(err.Error(), "reading the account shows that nothing was changed") {
				t.Errorf("made is %v: %v", made, err)
			}
			m.holds(t, test.holds)
		})
	}
}
