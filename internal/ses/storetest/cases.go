package storetest

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

func testEmpty(t *testing.T, a Account) {
	snapshot := load(t, a, callback.PartAll)
	if url := snapshot.Callbacks.URL(callback.Account()); !url.IsZero() {
		t.Errorf("the account has the callback %q", url)
	}
	for _, sender := range a.Senders {
		if url := snapshot.Callbacks.URL(sender); !url.IsZero() {
			t.Errorf("%s has the callback %q", sender, url)
		}
		if !snapshot.Registered(sender) {
			t.Errorf("%s is not among the senders", sender)
		}
	}
	if !slices.IsSortedFunc(snapshot.Senders, func(a, b callback.Sender) int { return a.Target.Compare(b.Target) }) {
		t.Error("the senders are not in order")
	}
}

func testParts(t *testing.T, a Account) {
	sender := a.Senders[0]
	put(t, a, callback.Account(), firstURL, "")
	put(t, a, sender, secondURL, "")
	for _, part := range []struct {
		parts           callback.Parts
		account, sender string
		senders         bool
	}{
		{callback.PartAccount, firstURL, "", false},
		{callback.PartSenderCallbacks, "", secondURL, false},
		{callback.PartCallbacks, firstURL, secondURL, false},
		{callback.PartSenders, "", "", true},
		{callback.PartAll, firstURL, secondURL, true},
	} {
		got := load(t, a, part.parts)
		if got.Callbacks.URL(callback.Account()).Whole() != part.account || got.Callbacks.URL(sender).Whole() != part.sender || got.Registered(sender) != part.senders {
			t.Errorf("parts %b gave %v and %d senders", part.parts, got.Callbacks.All(), len(got.Senders))
		}
	}
}

func testAccount(t *testing.T, a Account) {
	account := callback.Account()
	if receipt := put(t, a, account, firstURL, ""); receipt.RequestID == "" {
		t.Error("the receipt has no request id")
	}
	want(t, a, account, firstURL)
	put(t, a, account, secondURL, firstURL)
	want(t, a, account, secondURL)
	remove(t, a, account, secondURL)
	want(t, a, account, "")
}

func testSender(t *testing.T, a Account) {
	sender, other := a.Senders[0], a.Senders[1]
	if receipt := put(t, a, sender, firstURL, ""); receipt.RequestID == "" {
		t.Error("the receipt has no request id")
	}
	want(t, a, sender, firstURL)
	want(t, a, other, "")
	put(t, a, sender, secondURL, firstURL)
	want(t, a, sender, secondURL)
	remove(t, a, sender, secondURL)
	want(t, a, sender, "")
	put(t, a, sender, thirdURL, "")
	want(t, a, sender, thirdURL)
}

func testIndependent(t *testing.T, a Account) {
	put(t, a, callback.Account(), firstURL, "")
	put(t, a, a.Senders[0], secondURL, "")
	put(t, a, a.Senders[1], thirdURL, "")
	remove(t, a, a.Senders[0], secondURL)
	want(t, a, callback.Account(), firstURL)
	want(t, a, a.Senders[0], "")
	want(t, a, a.Senders[1], thirdURL)
	remove(t, a, callback.Account(), firstURL)
	want(t, a, callback.Account(), "")
	want(t, a, a.Senders[1], thirdURL)
}

func testURLs(t *testing.T, a Account) {
	old := ""
	for _, url := range []string{
		"https://hooks.example.com:8080/a?b=c&d=%2F%20e&f=<g>",
		"http://user:pass@hooks.example.com:8081/",
		"https://hooks.example.com:8082/p%C3%A4th/%E2%82%AC?q='\"",
	} {
		put(t, a, a.Senders[0], url, old)
		want(t, a, a.Senders[0], url)
		old = url
	}
}

func testCreateTwice(t *testing.T, a Account) {
	put(t, a, a.Senders[0], firstURL, "")
	_, err := a.Store.Make(t.Context(), change(a.Senders[0], "", secondURL))
	wantKind(t, err, failure.Conflict)
	want(t, a, a.Senders[0], firstURL)
}

func testChangeGone(t *testing.T, a Account) {
	_, err := a.Store.Make(t.Context(), change(a.Senders[0], firstURL, secondURL))
	wantKind(t, err, failure.Conflict)
	want(t, a, a.Senders[0], "")
}

func testDeleteNone(t *testing.T, a Account) {
	_, err := a.Store.Make(t.Context(), change(a.Senders[0], firstURL, ""))
	wantKind(t, err, failure.NotFound)
}

func testStranger(t *testing.T, a Account) {
	target, err := callback.ParseSender(stranger)
	if err != nil {
		t.Fatal(err)
	}
	_, err = a.Store.Make(t.Context(), change(target, "", firstURL))
	wantKind(t, err, failure.NotFound)
	want(t, a, target, "")
}

func testEndedContext(t *testing.T, a Account) {
	put(t, a, a.Senders[0], firstURL, "")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := a.Store.Load(ctx, callback.PartAll)
	wantKind(t, err, failure.Interrupted)
	_, err = a.Store.Make(ctx, change(a.Senders[0], firstURL, secondURL))
	wantKind(t, err, failure.Interrupted)
	_, err = a.Store.Make(ctx, change(a.Senders[0], firstURL, ""))
	wantKind(t, err, failure.Interrupted)
	want(t, a, a.Senders[0], firstURL)
}

func testParallel(t *testing.T, a Account) {
	targets := append([]callback.Target{callback.Account()}, a.Senders...)
	var wait sync.WaitGroup
	for _, target := range targets {
		wait.Go(func() {
			if _, err := a.Store.Make(t.Context(), change(target, "", firstURL)); err != nil {
				t.Error(err)
			}
			if _, err := a.Store.Load(t.Context(), callback.PartAll); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	for _, target := range targets {
		want(t, a, target, firstURL)
	}
}

func change(target callback.Target, from, to string) callback.Change {
	return callback.NewChange(target, callback.NewURL(from), callback.NewURL(to))
}

func load(t *testing.T, a Account, parts callback.Parts) callback.Snapshot {
	t.Helper()
	snapshot, err := a.Store.Load(t.Context(), parts)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

func put(t *testing.T, a Account, target callback.Target, url, old string) callback.Receipt {
	t.Helper()
	receipt, err := a.Store.Make(t.Context(), change(target, old, url))
	if err != nil {
		t.Fatalf("Put(%s): %v", target, err)
	}
	return receipt
}

func remove(t *testing.T, a Account, target callback.Target, url string) {
	t.Helper()
	if _, err := a.Store.Make(t.Context(), change(target, url, "")); err != nil {
		t.Fatalf("Delete(%s): %v", target, err)
	}
}

func want(t *testing.T, a Account, target callback.Target, url string) {
	t.Helper()
	if got := load(t, a, callback.PartOf(target)).Callbacks.URL(target).Whole(); got != url {
		t.Errorf("the callback of %s is %q, not %q", target, got, url)
	}
}

func wantKind(t *testing.T, err error, kind failure.Kind) {
	t.Helper()
	if err == nil || failure.KindOf(err) != kind {
		t.Errorf("the error is %v of kind %s, not of kind %s", err, failure.KindOf(err), kind)
	}
}
