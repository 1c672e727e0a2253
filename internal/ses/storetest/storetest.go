package storetest

import (
	"testing"

	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// Account is what a test gets to work on, and leaves as it pleases: the store of
// an account that has no callback of its own.
type Account struct {
	Store callback.Store
	// Senders are two or more sender addresses of the account that have no
	// callbacks. The tests leave others alone.
	Senders []callback.Target
	// Need is called before a test uses operations of the service; it may skip
	// the test. Nil is ready for all of them.
	Need func(t *testing.T, ops ...sesapi.Operation)
}

func (a Account) need(t *testing.T, ops ...sesapi.Operation) {
	t.Helper()
	if len(a.Senders) < 2 {
		t.Fatalf("the account has %d sender addresses; the suite needs two", len(a.Senders))
	}
	if a.Need != nil {
		a.Need(t, ops...)
	}
}

// Stranger is a sender address that no account has.
const stranger = "stranger@unregistered.sesctl.example"

const (
	firstURL  = "https://hooks.example.com:8080/first?token=s3cr3t"
	secondURL = "https://hooks.example.com:8081/second?token=0th3r"
	thirdURL  = "https://hooks.example.com:8082/third"
)

// test is one of the suite; uses are the operations that it needs.
type test struct {
	name string
	uses []sesapi.Operation
	run  func(t *testing.T, a Account)
}

// Run runs the suite. Open is called once for each test, and gives it an account
// of its own, or the same one emptied. Tests run one after another unless open
// marks its test as parallel.
func Run(t *testing.T, open func(t *testing.T) Account) {
	for _, test := range tests() {
		t.Run(test.name, func(t *testing.T) {
			a := open(t)
			a.need(t, test.uses...)
			test.run(t, a)
		})
	}
}

func tests() []test {
	account := []sesapi.Operation{sesapi.GetAccountCallback, sesapi.SetAccountCallback, sesapi.ClearAccountCallback}
	senders := []sesapi.Operation{sesapi.ListSenders, sesapi.ListSenderCallbacks, sesapi.CreateSenderCallback, sesapi.ChangeSenderCallback, sesapi.DeleteSenderCallback}
	all := append(append([]sesapi.Operation{}, account...), senders...)
	return []test{
		{"an empty account has senders and no callbacks", all, testEmpty},
		{"only the parts that are asked for are read", all, testParts},
		{"an account's callback is set, replaced and removed", account, testAccount},
		{"a sender's callback is created, changed and removed", senders, testSender},
		{"account and senders are independent", all, testIndependent},
		{"a URL comes back as it was sent", senders, testURLs},
		{"a sender's callback where the caller saw none is a conflict", senders, testCreateTwice},
		{"changing a callback that is gone is a conflict", senders, testChangeGone},
		{"removing a callback that is not there is not found", senders, testDeleteNone},
		{"an unknown sender address is not found", senders, testStranger},
		{"an ended context changes nothing", all, testEndedContext},
		{"writes side by side all arrive", all, testParallel},
	}
}
