package cli_test

import (
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/journal"
	"github.com/sesctl/sesctl/internal/ses"
	"github.com/sesctl/sesctl/internal/ses/storetest"
	"github.com/sesctl/sesctl/pkg/callback"
)

// TestContractRecorded runs the contract suite of stores on a store whose changes are in
// a journal.
func TestContractRecorded(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Account {
		t.Parallel()
		var account storetest.Account
		var addresses []string
		for _, address := range []string{"noreply@mail.example.com", "news@mail.example.com"} {
			target, err := callback.ParseSender(address)
			if err != nil {
				t.Fatal(err)
			}
			account.Senders, addresses = append(account.Senders, target), append(addresses, address)
		}
		e, err := emulator.Open(t.Context(), emulator.Options{Senders: addresses})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = e.Close() })
		client, err := ses.New(ses.Options{Endpoint: "http://localhost", Region: "ap-guangzhou", Transport: e.Transport(),
			Credentials: ses.Credentials{SecretID: "local", SecretKey: "local"}})
		if err != nil {
			t.Fatal(err)
		}
		j, err := journal.Open(journal.Options{Path: filepath.Join(t.TempDir(), "journal.jsonl")})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := j.Close(); err != nil {
				t.Error(err)
			}
		})
		account.Store = journal.Store(client, j, journal.Author{})
		return account
	})
}

// TestManySetAtOnce sets the callbacks of many senders at the same time. No process may
// settle the pending changes of the others.
func TestManySetAtOnce(t *testing.T) {
	t.Parallel()
	work := newTask(t, 40)
	s := newShaky(t, work.senders, callback.Set{})
	user := s.session()
	var all sync.WaitGroup
	for _, sender := range work.senders {
		all.Go(func() {
			status, _, stderr := user.run(t.Context(), "callback", "set", "--sender", sender, "https://hooks.example.com:8080/")
			if status != 0 || strings.Contains(stderr, "warning") {
				t.Errorf("%s: exit status %d: %s", sender, status, stderr)
			}
		})
	}
	all.Wait()
	s.checkJournal(user)
	if n := len(user.history()); n != len(work.senders) {
		t.Errorf("%d entries of %d changes", n, len(work.senders))
	}
}
