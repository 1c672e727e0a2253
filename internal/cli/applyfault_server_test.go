package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/cli"
	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/journal"
	"github.com/sesctl/sesctl/internal/ses"
	"github.com/sesctl/sesctl/pkg/callback"
)

// These are the faults that may affect a call instead of a normal answer.
type misfortune int

const (
	served        misfortune = iota
	throttled                // refused with RequestLimitExceeded
	failedBefore             // HTTP status 500, and nothing was done
	failedAfter              // HTTP status 500, although it was done
	droppedBefore            // no answer, and nothing was done
	droppedAfter             // no answer, although it was done
	noSuchAction             // refused with InvalidAction
)

// shaky is an account behind HTTP whose calls meet faults. It records what was really
// written.
type shaky struct {
	t        *testing.T
	emulator *emulator.Emulator
	server   *httptest.Server

	mu      sync.Mutex
	fate    func(call int, action string) misfortune // nil: all calls are served
	during  func(action string)                      // nil, or called for each call without the lock
	count   int
	written map[callback.Target][]string // URLs, in order; "" for a deletion
}

// newShaky returns an account with the given sender addresses and callbacks.
func newShaky(t *testing.T, senders []string, before callback.Set) *shaky {
	t.Helper()
	e, err := emulator.Open(t.Context(), emulator.Options{Senders: senders})
	if err != nil {
		t.Fatal(err)
	}
	s := &shaky{t: t, emulator: e, written: map[callback.Target][]string{}}
	s.put(before)
	s.server = httptest.NewServer(s)
	t.Cleanup(s.server.Close)
	return s
}

// client is a connection to the account that never fails and is not recorded.
func (s *shaky) client() *ses.Client {
	s.t.Helper()
	client, err := ses.New(ses.Options{Endpoint: "http://localhost", Region: "ap-guangzhou", Transport: s.emulator.Transport(),
		Credentials: ses.Credentials{SecretID: "local", SecretKey: "local"}})
	if err != nil {
		s.t.Fatal(err)
	}
	return client
}

func (s *shaky) put(callbacks callback.Set) {
	s.t.Helper()
	client := s.client()
	for _, c := range callbacks.All() {
		if _, err := client.Make(context.Background(), callback.NewChange(c.Target, callback.URL{}, c.URL)); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *shaky) holds() callback.Set {
	s.t.Helper()
	snapshot, err := s.client().Load(context.Background(), callback.PartCallbacks)
	if err != nil {
		s.t.Fatal(err)
	}
	return snapshot.Callbacks
}

func (s *shaky) meets(fate func(int, string) misfortune) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fate = fate
}

func (s *shaky) calls(during func(action string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.during = during
}

// wrote returns what has been written so far.
func (s *shaky) wrote() map[callback.Target][]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.written)
}

func (s *shaky) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	action := r.Header.Get("X-Tc-Action")
	s.mu.Lock()
	call, fate := s.count, served
	s.count++
	if s.fate != nil {
		fate = s.fate(call, action)
	}
	during := s.during
	s.mu.Unlock()
	if during != nil {
		during(action)
	}
	refuse := func(code string) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"Response":{"Error":{"Code":"`+code+`","Message":"no"},"RequestId":"request-1"}}`)
	}
	switch fate {
	case throttled:
		refuse("RequestLimitExceeded")
		return
	case noSuchAction:
		refuse("InvalidAction")
		return
	case failedBefore:
		http.Error(w, "internal", http.StatusInternalServerError)
		return
	case droppedBefore:
		panic(http.ErrAbortHandler)
	}
	answer := s.serve(r, action)
	switch fate {
	case failedAfter:
		http.Error(w, "internal", http.StatusInternalServerError)
	case droppedAfter:
		panic(http.ErrAbortHandler)
	default:
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answer)
	}
}

// serve lets the emulator answer, and records what was written.
func (s *shaky) serve(r *http.Request, action string) []byte {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil
	}
	// A call that was received is completed, even if the client disconnects.
	in := r.Clone(context.WithoutCancel(r.Context()))
	in.Body = io.NopCloser(bytes.NewReader(body))
	if !strings.HasPrefix(action, "Create") && !strings.HasPrefix(action, "Update") && !strings.HasPrefix(action, "Delete") {
		out := httptest.NewRecorder()
		s.emulator.ServeHTTP(out, in)
		return out.Body.Bytes()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := httptest.NewRecorder()
	s.emulator.ServeHTTP(out, in)
	var fields struct{ Address, TrackURL, URL string }
	if err := json.Unmarshal(body, &fields); err != nil {
		s.t.Errorf("%s: %v", action, err)
	}
	if !bytes.Contains(out.Body.Bytes(), []byte(`"Error"`)) {
		target := callback.Account()
		if fields.Address != "" {
			if target, err = callback.ParseSender(fields.Address); err != nil {
				s.t.Error(err)
			}
		}
		s.written[target] = append(s.written[target], fields.TrackURL+fields.URL)
	}
	return out.Body.Bytes()
}

// session returns a user of the account whose calls are retried without a pause.
func (s *shaky) session() *session {
	user := newSession(s.t)
	user.env["SESCTL_LOCAL"] = ""
	user.env["SESCTL_ENDPOINT"] = s.server.URL
	user.env["TENCENTCLOUD_SECRET_ID"], user.env["TENCENTCLOUD_SECRET_KEY"] = "local", "local"
	user.change = func(env *cli.Env) {
		env.Pause = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	}
	return user
}

// randomly applies one of the faults to a share of the calls.
func randomly(seed uint64, share float64, fates ...misfortune) func(int, string) misfortune {
	random := rand.New(rand.NewPCG(seed, seed))
	return func(int, string) misfortune {
		if random.Float64() >= share {
			return served
		}
		return fates[random.IntN(len(fates))]
	}
}

// history returns the entries of the user's journal, oldest first.
func (s *session) history() []historyEntry {
	s.t.Helper()
	var entries []historyEntry
	if err := json.Unmarshal([]byte(s.must("callback", "history", "--limit", "0", "-o", "json")), &entries); err != nil {
		s.t.Fatal(err)
	}
	slices.Reverse(entries)
	return entries
}

// historyEntry is an entry of 'callback history -o json'.
type historyEntry struct {
	Scope   callback.Scope
	Sender  string
	New     string
	Outcome journal.Outcome
}

func (e historyEntry) target(t *testing.T) callback.Target {
	t.Helper()
	if e.Scope == callback.ScopeAccount {
		return callback.Account()
	}
	target, err := callback.ParseSender(e.Sender)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

// checkJournal compares the journal with what was written: an entry is done if and only
// if its change was made, and no entry is pending.
func (s *shaky) checkJournal(user *session) {
	s.t.Helper()
	recorded := map[callback.Target][]string{}
	for _, e := range user.history() {
		target := e.target(s.t)
		switch e.Outcome {
		case journal.Done:
			recorded[target] = append(recorded[target], e.New)
		case journal.Pending:
			s.t.Errorf("an entry is pending: %+v", e)
		}
	}
	if written := s.wrote(); !maps.EqualFunc(recorded, written, slices.Equal) {
		s.t.Errorf("the journal has %v\nwritten: %v", recorded, written)
	}
}

// checkReplay checks that the done entries of a journal lead from one state to the
// other, and that no entry is pending.
func checkReplay(t *testing.T, entries []historyEntry, from, to callback.Set) {
	t.Helper()
	for _, e := range entries {
		target := e.target(t)
		switch e.Outcome {
		case journal.Done:
			from = from.With(target, callback.NewURL(e.New))
		case journal.Pending:
			t.Errorf("an entry is pending: %+v", e)
		}
	}
	if !equalSets(from, to) {
		t.Errorf("by the journal the account holds %v\nwant %v", from.All(), to.All())
	}
}
