package emulator_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/pkg/callback"
)

// browserLimit is long, because test machines can be busy.
const browserLimit = 3 * time.Minute

// newBrowser starts Chromium with a profile of its own.
func newBrowser(t *testing.T, language string, width, height int) context.Context {
	t.Helper()
	if os.Getenv("SESCTL_BROWSER") == "" {
		t.Skip("this test needs Chromium: make browser runs it")
	}
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatalf("Chromium is not installed: %v", err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.UserDataDir(t.TempDir()), chromedp.WSURLReadTimeout(browserLimit))
	ctx, cancel := context.WithTimeout(t.Context(), browserLimit)
	t.Cleanup(cancel)
	ctx, cancelAllocator := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancelAllocator)
	ctx, cancelBrowser := chromedp.NewContext(ctx)
	t.Cleanup(func() { _ = chromedp.Cancel(ctx); cancelBrowser() })
	run(t, ctx, chromedp.EmulateViewport(int64(width), int64(height)))
	if _, err := chromedp.Call(ctx, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: "test", AcceptLanguage: language}); err != nil {
		t.Fatal(err)
	}
	return ctx
}

func run(t *testing.T, ctx context.Context, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, actions...); err != nil {
		t.Fatal(err)
	}
}

// holds waits until an expression in the page is true.
func holds(t *testing.T, ctx context.Context, expression string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if value(t, ctx, `Boolean(`+expression+`)`) == "true" {
			return
		}
	}
	t.Fatalf("%s does not hold; the page shows:\n%s", expression, value(t, ctx, `document.body.innerText`))
}

// value returns the text that an expression in the page gives.
func value(t *testing.T, ctx context.Context, expression string) string {
	t.Helper()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`String(`+expression+`)`))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return text
}

// enter sets the value of a field, as when a user types it and leaves the field.
func enter(id, text string) chromedp.Action[chromedp.Void] {
	return script(fmt.Sprintf(`(() => { const field = document.getElementById(%q); field.value = %q;
		for (const name of ['input', 'change']) field.dispatchEvent(new Event(name, { bubbles: true })); })()`, id, text))
}

// script runs a script in the page.
func script(text string) chromedp.Action[chromedp.Void] {
	return chromedp.Evaluate[chromedp.Void](text)
}

// rowsSeen is an expression for the number of rows that have elements.
const rowsSeen = `[...document.querySelectorAll('#list .row')].filter(r => !r.hidden).length`

// served is an emulator with its page, and a callback that counts requests.
type served struct {
	*emulator.Emulator
	base, callback string
	got            atomic.Int64
	status         atomic.Int64
}

func servePage(t *testing.T) *served {
	t.Helper()
	s := &served{}
	s.status.Store(http.StatusOK)
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		s.got.Add(1)
		w.WriteHeader(int(s.status.Load()))
	}))
	t.Cleanup(receiver.Close)
	var port int
	_, _ = fmt.Sscanf(receiver.URL, "http://127.0.0.1:%d", &port)
	s.callback = receiver.URL + "/ses?token=verysecret"
	s.Emulator = open(t, emulator.Options{Policy: callback.Policy{Ports: []int{port}}, Now: time.Now,
		Deliveries: emulator.DeliveryOptions{Pauses: []time.Duration{}}})
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	s.base = "http://" + start(t, emulator.WithPage(s.Emulator, s.Emulator, emulator.PageOptions{Done: ctx.Done()}))
	t.Cleanup(stop) // before the server stops: it waits for its streams
	return s
}

func (s *served) send(t *testing.T, recipient, subject string) {
	t.Helper()
	if _, err := s.SendTest("news@mail.example.com", recipient, subject); err != nil {
		t.Fatal(err)
	}
}
