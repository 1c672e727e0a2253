package account_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/account"
	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/journal"
	"github.com/sesctl/sesctl/internal/loan"
	"github.com/sesctl/sesctl/internal/ses"
	"github.com/sesctl/sesctl/pkg/callback"
)

// user is somebody with a home folder of their own.
type user struct {
	home    string
	env     map[string]string
	notices []account.Notice

	mu    sync.Mutex // calls end side by side
	calls []string
}

func newUser(t *testing.T) *user {
	t.Helper()
	home := t.TempDir()
	return &user{home: home, env: map[string]string{
		"HOME": home, "USERPROFILE": home, "XDG_STATE_HOME": filepath.Join(home, "state"), "XDG_CONFIG_HOME": filepath.Join(home, "config"), "USER": "ana"}}
}

func (u *user) getenv(name string) string { return u.env[name] }

// at opens an account that is closed at the end of the test.
func (u *user) at(t *testing.T, flags config.Flags) *account.Account {
	t.Helper()
	at := account.New(account.Options{
		Flags: flags, Getenv: u.getenv, Now: time.Now, Command: "sesctl test", Version: "sesctl-test",
		Pause:    func(context.Context, time.Duration) error { return nil },
		OnNotice: func(n account.Notice) { u.notices = append(u.notices, n) },
		OnCall: func(c ses.Call) {
			u.mu.Lock()
			defer u.mu.Unlock()
			u.calls = append(u.calls, c.Action)
		},
	})
	t.Cleanup(func() {
		if err := at.Close(); err != nil {
			t.Error(err)
		}
	})
	return at
}

// local is the embedded emulator.
func (u *user) local(t *testing.T) *account.Account {
	t.Helper()
	yes := true
	return u.at(t, config.Flags{Local: &yes})
}

func (u *user) configure(t *testing.T, content string) {
	t.Helper()
	path := filepath.Join(u.home, "config.yaml")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	u.env["SESCTL_CONFIG"] = path
}

func sender(t *testing.T) callback.Target {
	t.Helper()
	target, err := callback.ParseSender("news@mail.example.com")
	if err != nil {
		t.Fatal(err)
	}
	return target
}

func set(t *testing.T, at *account.Account, target callback.Target, from, to string) {
	t.Helper()
	store, err := at.Store(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Make(t.Context(), callback.NewChange(target, callback.NewURL(from), callback.NewURL(to))); err != nil {
		t.Fatal(err)
	}
}

const hook = "https://localhost:8080/ses"

func TestChangesAreRecorded(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	at := u.local(t)
	set(t, at, callback.Account(), "", hook)
	_, snapshot, err := at.Read(t.Context(), callback.PartAll)
	if err != nil || snapshot.Callbacks.URL(callback.Account()).Whole() != hook || len(snapshot.Senders) == 0 {
		t.Errorf("read %v, %v", snapshot, err)
	}
	j, err := at.Journal()
	if err != nil {
		t.Fatal(err)
	}
	history, err := j.Read(t.Context())
	if err != nil || len(history.Entries) != 1 {
		t.Fatalf("history %v, %v", history, err)
	}
	here, err := at.Identity()
	if e := history.Entries[0]; err != nil || e.Account != here || e.Who != "ana" || e.Command != "sesctl test" || e.Outcome != journal.Done {
		t.Errorf("the entry is %+v, the account %v, %v", e, here, err)
	}
	if at.CredentialsFrom() == "" || len(u.calls) == 0 || len(u.notices) != 0 {
		t.Errorf("credentials from %q, calls %q, notices %v", at.CredentialsFrom(), u.calls, u.notices)
	}
}

// Without a place for the journal, an account can be read and not changed.
func TestNoPlaceForTheJournal(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	yes := true
	at := u.at(t, config.Flags{Local: &yes, LocalState: filepath.Join(u.home, "local.db")})
	for _, name := range []string{"HOME", "USERPROFILE", "XDG_STATE_HOME", "LocalAppData"} {
		delete(u.env, name)
	}
	if _, err := config.FindDirs(u.getenv); err == nil {
		t.Skip("this system knows the home folder of the user")
	}
	store, _, err := at.Read(t.Context(), callback.PartAll)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Make(t.Context(), callback.NewChange(callback.Account(), callback.URL{}, callback.NewURL(hook))); err == nil {
		t.Error("a change was made without a record")
	}
	if err := at.ReadyToRecord(t.Context()); err == nil {
		t.Error("ready to record")
	}
}

// What a killed process left in the journal is settled, and its loans are reported once.
func TestWhatKilledProcessesLeft(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	first := u.local(t)
	set(t, first, callback.Account(), "", hook)
	here, err := first.Identity()
	if err != nil {
		t.Fatal(err)
	}
	j, err := first.Journal()
	if err != nil {
		t.Fatal(err)
	}
	change := callback.NewChange(callback.Account(), callback.NewURL(hook), callback.NewURL(hook+"/new"))
	if _, err := j.Begin(t.Context(), journal.Entry{Account: here, Change: change}); err != nil {
		t.Fatal(err)
	}
	folder, err := first.Loans()
	if err != nil {
		t.Fatal(err)
	}
	l, err := folder.Take(here, sender(t))
	if err != nil {
		t.Fatal(err)
	}
	store, err := first.Store(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	record := loan.Record{Account: here, Borrowed: callback.NewChange(sender(t), callback.URL{}, callback.NewURL("https://localhost:8082/dev"))}
	if _, err := l.Begin(t.Context(), store, record, callback.Settling{Grace: time.Second}); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(l.Release(), first.Close()); err != nil { // as if it had been killed
		t.Fatal(err)
	}

	second := u.local(t)
	for range 2 {
		if _, _, err := second.Read(t.Context(), callback.PartCallbacks); err != nil {
			t.Fatal(err)
		}
	}
	if len(u.notices) != 2 {
		t.Fatalf("notices %v", u.notices)
	}
	if settled, ok := u.notices[0].(account.Settled); !ok || len(settled.Entries) != 1 || settled.Entries[0].Outcome != journal.Failed {
		t.Errorf("the first notice is %v", u.notices[0])
	}
	if abandoned, ok := u.notices[1].(account.Abandoned); !ok || len(abandoned.Loans) != 1 || abandoned.Loans[0].Borrowed.Target != sender(t) {
		t.Errorf("the second notice is %v", u.notices[1])
	}
	if loans, err := second.AbandonedLoans(); err != nil || len(loans) != 1 {
		t.Errorf("loans %v, %v", loans, err)
	}
}

func TestIdentity(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	u.configure(t, "profiles:\n  intl: {endpoint: 'https://SES.intl.tencentcloudapi.com', region: ap-singapore, allowed_ports: [9000]}\n")
	at := u.at(t, config.Flags{Profile: "intl"})
	if at.Known() != nil || at.Profile() != "intl" {
		t.Errorf("before the settings are known: %v, profile %q", at.Known(), at.Profile())
	}
	here, err := at.Identity()
	if want := (journal.Account{Profile: "intl", Endpoint: "https://ses.intl.tencentcloudapi.com", Region: "ap-singapore"}); err != nil || here != want {
		t.Errorf("identity %v, %v; want %v", here, err, want)
	}
	if plan, err := at.PlanIdentity(); err != nil || plan != here {
		t.Errorf("of a plan: %v, %v", plan, err)
	}
	if policy, err := at.Policy(); err != nil || policy.PrivateHosts || len(policy.Ports) != 1 {
		t.Errorf("policy %v, %v", policy, err)
	}
	local := u.local(t)
	here, err = local.Identity()
	if err != nil || !strings.HasPrefix(here.Endpoint, "local:"+u.home) || here.Region != "" {
		t.Errorf("local identity %v, %v", here, err)
	}
	if plan, err := local.PlanIdentity(); err != nil || plan.Region != config.DefaultRegion {
		t.Errorf("of a local plan: %v, %v", plan, err)
	}
	if _, err := u.at(t, config.Flags{Profile: "none"}).Identity(); failure.KindOf(err) != failure.Usage {
		t.Errorf("a profile that does not exist: %v", err)
	}
}

func TestClientsThatCannotBe(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	for flags, want := range map[config.Flags]failure.Kind{
		{}:                                     failure.Auth, // no credentials
		{Endpoint: "http://ses.example.com"}:   failure.Usage,
		{LocalState: "state.db"}:               failure.Usage,
		{Endpoint: "https://user:s3cret@h.x/"}: failure.Usage,
	} {
		at := u.at(t, flags)
		for _, open := range []func(context.Context) error{
			func(ctx context.Context) error { _, err := at.Client(ctx); return err },
			func(ctx context.Context) error { _, err := at.Audit(ctx); return err },
			func(ctx context.Context) error { _, err := at.Store(ctx); return err },
		} {
			if err := open(t.Context()); err == nil || failure.KindOf(err) != want || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("%v: error %v, want a %s", flags, err, want)
			}
		}
	}
}

// While one account has the local state, another waits; a release lets it go on.
func TestRelease(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	first, second := u.local(t), u.local(t)
	set(t, first, callback.Account(), "", hook)
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	if _, snapshot, err := second.Read(t.Context(), callback.PartAccount); err != nil || snapshot.Callbacks.URL(callback.Account()).Whole() != hook {
		t.Errorf("the second account reads %v, %v", snapshot, err)
	}
	if err := errors.Join(second.Release(), second.Release()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := first.Read(t.Context(), callback.PartAccount); err != nil {
		t.Errorf("the first account, again: %v", err)
	}
}
