package callback_test

import (
	"testing"

	"github.com/sesctl/sesctl/pkg/callback"
)

func TestTarget(t *testing.T) {
	t.Parallel()
	account, sender := callback.Account(), mustParse(t, "News@Mail.example.com")
	if !account.IsAccount() || account.Scope() != callback.ScopeAccount || account.Address() != "" ||
		account.Domain() != "" || account.String() != "the account" {
		t.Errorf("account: %#v", account)
	}
	if sender.IsAccount() || sender.Scope() != callback.ScopeSender || sender.Address() != "news@mail.example.com" ||
		sender.Domain() != "mail.example.com" || sender.String() != "news@mail.example.com" {
		t.Errorf("sender: %#v", sender)
	}
	if account.Compare(sender) >= 0 || sender.Compare(account) <= 0 || sender.Compare(sender) != 0 {
		t.Error("the account does not come before the senders")
	}
}

func mustParse(t testing.TB, address string) callback.Target {
	t.Helper()
	target, err := callback.ParseSender(address)
	if err != nil {
		t.Fatal(err)
	}
	return target
}
