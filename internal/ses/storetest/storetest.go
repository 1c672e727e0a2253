package storetest

import (
	"testing"

	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// Account is an account for one test: its store, with no callback of the account's
// own. The test may leave any state behind.
type Account struct {
	Store callback.Store
	// Senders are two or more sender addresses of the account without callbacks.
	// The tests do not touch other senders.
	Senders []callback.Target
	// Need is called before a test uses operations of the service; it may skip the
	// test. Nil means that all operations are available.
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

// stranger is a sender address that no account has.
const stranger = "stranger@unregistered.sesctl.example"

const (
	firstURL  = "https://hooks.example.com:8080/first?token=s3cr3t"
	secondURL = "https://hooks.example.com:8081/second?token=0th3r"
	thirdURL  = "https://hooks.example.com:8082/third"
)

// test is one test of the suite; uses are the operations that it needs.
type test struct {
	name string
	uses []sesapi.Operation
	run  func(t *testing.T, a Account)
}

// Run runs the suite. Open is called once for each test, and gives it an account
// of its own, or the same account without callbacks. Tests run one after another
// unless open marks its test as parallel.
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
		{"a URL is read as it was sent", senders, testURLs},
		{"creating a sender's callback that already exists is a conflict", senders, testCreateTwice},
		{"changing a callback that no longer exists is a conflict", senders, testChangeGone},
		{"removing a callback that does not exist is not found", senders, testDeleteNone},
		{"an unknown sender address is not found", senders, testStranger},
		{"an ended context changes nothing", all, testEndedContext},
		{"writes at the same time all arrive", all, testParallel},
	}
}
