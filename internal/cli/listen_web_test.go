package cli

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/emulator/web"
	"github.com/sesctl/sesctl/internal/webhook"
)

// TestListenPage checks that the page of "event listen" shows received events, and can
// send them to the receivers again.
func TestListenPage(t *testing.T) {
	t.Parallel()
	var forwarded []string
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		forwarded = append(forwarded, r.Header.Get("X-Mine")+" "+string(body))
		if len(forwarded) == 1 {
			http.Error(w, "out of order", http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(target.Close)
	ctx, stop := context.WithCancel(t.Context())
	page, err := newListenPage(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	receiver := webhook.NewReceiver(webhook.ReceiverOptions{Forward: []string{target.URL}, OnEvent: page.add})
	page.start(ctx, receiver, listener, nil)
	served := make(chan error, 1)
	go func() { served <- webhook.Serve(ctx, listener, receiver) }()

	request, _ := http.NewRequest(http.MethodPost, "http://"+listener.Addr().String()+"/ses?token=verysecret", strings.NewReader(`{"event":"bounce","email":"a@example.com"}`))
	request.Header.Set("X-Mine", "yes")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()

	item := waitForItem(t, page.log, 1)
	if item.State != "failed" || item.Code != 503 || item.Attempts[0].Answer != "out of order" || item.Headers["X-Mine"] != "yes" || item.Recipient != "a@example.com" {
		t.Errorf("%+v", item)
	}
	if want := "http://" + listener.Addr().String() + "/ses?token=verysecret"; item.URL != want {
		t.Errorf("%s, not %s", item.URL, want)
	}
	if err := page.log.Again(1); err != nil {
		t.Fatal(err)
	}
	if item := waitForItem(t, page.log, 2); item.State != "accepted" || item.Payload != `{"event":"bounce","email":"a@example.com"}` {
		t.Errorf("%+v", item)
	}
	response, err = http.Get("http://" + page.listener.Addr().String() + "/page/item/1")
	if err != nil {
		t.Fatal(err)
	}
	var shown web.Item
	if err := json.NewDecoder(response.Body).Decode(&shown); err != nil || !strings.HasSuffix(shown.URL, "/ses?token=***") {
		t.Errorf("%+v %v", shown, err)
	}
	response.Body.Close()
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
	if len(forwarded) != 2 || forwarded[0] != forwarded[1] {
		t.Errorf("%q", forwarded)
	}
}

// waitForItem returns an event when it is on the page.
func waitForItem(t *testing.T, log *web.Log, id uint64) web.Item {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if item, err := log.Item(id); err == nil {
			return item
		}
	}
	t.Fatalf("event %d is not on the page", id)
	return web.Item{}
}
