package emulator_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/emulator/web"
	"github.com/sesctl/sesctl/pkg/callback"
)

func TestPageShowsEventsLive(t *testing.T) {
	ctx := newBrowser(t, "en-US", 1280, 800)
	s := servePage(t)
	if err := s.SetCallback(callback.Account(), s.callback); err != nil {
		t.Fatal(err)
	}
	s.send(t, "early@example.com", "a")
	run(t, ctx, chromedp.Navigate(s.base))
	holds(t, ctx, `document.getElementById('live').dataset.state === 'on'`)
	holds(t, ctx, `document.getElementById('list').innerText.includes('early@example.com')`)

	// Events that happen while the page is open appear, and are updated.
	s.status.Store(http.StatusServiceUnavailable)
	s.send(t, "bounce@example.com", "b")
	s.send(t, "open@example.com", "c")
	holds(t, ctx, rowsSeen+` === 4 && !document.getElementById('list').innerText.includes('pending')`)
	holds(t, ctx, `document.getElementById('list').innerText.includes('503')`)

	// Filter by word, field and state.
	for filter, count := range map[string]int{"bounce": 1, "code:503": 3, "type:delivered to:early": 1, "nothing": 0} {
		run(t, ctx, enter("filter", filter))
		holds(t, ctx, fmt.Sprintf(rowsSeen+` === %d`, count))
	}
	run(t, ctx, enter("filter", ""),
		enter("state", "accepted"))
	holds(t, ctx, rowsSeen+` === 1`)

	// One event has payload, headers and attempts. Its URL is masked until the user
	// asks for it.
	run(t, ctx, chromedp.Click(chromedp.CSS(`#list .row:not([hidden])`)), chromedp.WaitVisible(chromedp.CSS(`#payload`)))
	detail := value(t, ctx, `document.getElementById('detail').innerText`)
	for _, want := range []string{`"event": "delivered"`, "early@example.com (To)", "Content-Type: application/json", "200", "?token="} {
		if !strings.Contains(detail, want) {
			t.Errorf("the detail does not show %q:\n%s", want, detail)
		}
	}
	if strings.Contains(value(t, ctx, `document.documentElement.outerHTML`), "verysecret") {
		t.Error("the page holds a secret before it is asked for")
	}
	run(t, ctx, chromedp.Click(chromedp.CSS(`#detail-reveal`)))
	holds(t, ctx, `document.getElementById('detail').innerText.includes('token=verysecret')`)
	run(t, ctx, chromedp.Click(chromedp.CSS(`#curl`)), chromedp.WaitVisible(chromedp.CSS(`#curl-text`)))
	if got := value(t, ctx, `document.getElementById('curl-text').value`); !strings.HasPrefix(got, "curl -sS -X POST -H 'Content-Type: application/json'") || !strings.HasSuffix(got, "'"+s.callback+"'") {
		t.Errorf("curl: %s", got)
	}

	// Send it again.
	s.status.Store(http.StatusOK)
	before := s.got.Load()
	run(t, ctx, chromedp.Click(chromedp.CSS(`#again`)))
	holds(t, ctx, `document.querySelectorAll('#attempts li').length === 2`)
	if got := s.got.Load(); got != before+1 {
		t.Errorf("sent %d times", got-before)
	}
}

func TestPageChangesTheAccount(t *testing.T) {
	ctx := newBrowser(t, "en-US", 1280, 800)
	s := servePage(t)
	run(t, ctx, chromedp.Navigate(s.base), chromedp.Click(chromedp.CSS("#tab-callbacks")))
	news := `#senders li[data-sender="news@mail.example.com"]`
	text := `(document.querySelector('` + news + `')?.innerText ?? '')`
	holds(t, ctx, text+`.includes('no callback')`)
	run(t, ctx, chromedp.SendKeys(chromedp.CSS(news+" input"), s.callback+kb.Enter))
	holds(t, ctx, text+`.includes('its own callback')`)
	run(t, ctx, chromedp.SendKeys(chromedp.CSS(`#senders li[data-sender=""] input`), "ftp://x"+kb.Enter))
	holds(t, ctx, `document.getElementById('toast').innerText.includes('The URL is not valid')`)
	if strings.Contains(value(t, ctx, text), "verysecret") {
		t.Error("the callback is not masked")
	}
	run(t, ctx, chromedp.Click(chromedp.CSS("#reveal")))
	holds(t, ctx, text+`.includes('verysecret')`)

	// A test email with chosen outcomes.
	run(t, ctx, chromedp.Click(chromedp.CSS("#tab-send")))
	holds(t, ctx, `document.querySelectorAll('#outcomes button').length > 5`)
	run(t, ctx, script(`for (const b of document.querySelectorAll('#outcomes button')) if (b.textContent === 'click') b.click();
		document.getElementById('send-sender').value = 'news@mail.example.com'`), chromedp.Click(chromedp.CSS("#send-form .primary")))
	holds(t, ctx, `document.getElementById('toast').innerText.includes('Accepted')`)
	run(t, ctx, chromedp.Click(chromedp.CSS("#tab-events")))
	holds(t, ctx, rowsSeen+` === 2 && document.getElementById('list').innerText.includes('click@example.com')`)

	// Delete the callback.
	run(t, ctx, chromedp.Click(chromedp.CSS("#tab-callbacks")), chromedp.Click(chromedp.CSS(news+" .delete")))
	holds(t, ctx, text+`.includes('no callback')`)
	if set, err := s.Callbacks(); err != nil || set.Len() != 0 {
		t.Errorf("%v %v", set, err)
	}

	// Faults.
	run(t, ctx, chromedp.Click(chromedp.CSS("#tab-faults")), chromedp.SendKeys(chromedp.CSS("#fault"), "odd"), chromedp.Click(chromedp.CSS("#fault-form .primary")))
	holds(t, ctx, `document.getElementById('toast').innerText.includes('unknown fault')`)
	run(t, ctx, enter("fault", "throttle=10%"), chromedp.Click(chromedp.CSS("#fault-form .primary")))
	holds(t, ctx, `document.getElementById('faults-list').innerText.includes('throttle=10%')`)
	if got := fmt.Sprint(s.Faults()); got != "[throttle=10%]" {
		t.Error(got)
	}
	run(t, ctx, chromedp.Click(chromedp.CSS("#faults-off")))
	holds(t, ctx, `document.getElementById('faults-list').innerText.includes('No fault is on')`)
	if len(s.Faults()) != 0 {
		t.Error("a fault is still on")
	}
}

// TestPageShowsWhatOthersChange checks that callbacks, sender addresses and faults that
// are changed elsewhere appear, and that what the user is typing stays.
func TestPageShowsWhatOthersChange(t *testing.T) {
	ctx := newBrowser(t, "en-US", 1280, 800)
	s := servePage(t)
	run(t, ctx, chromedp.Navigate(s.base))
	holds(t, ctx, `document.getElementById('live').dataset.state === 'on'`)
	run(t, ctx, chromedp.Click(chromedp.CSS("#empty-send")), chromedp.WaitVisible(chromedp.CSS("#send")), chromedp.Click(chromedp.CSS("#tab-callbacks")))
	news := `#senders li[data-sender="news@mail.example.com"]`
	text := `(document.querySelector('` + news + `')?.innerText ?? '')`
	holds(t, ctx, text+`.includes('no callback')`)
	run(t, ctx, chromedp.SendKeys(chromedp.CSS(news+" input"), "http://half"))
	if err := s.SetCallback(callback.Account(), s.callback); err != nil {
		t.Fatal(err)
	}
	holds(t, ctx, text+`.includes("the account's callback")`)
	if _, err := call(t, sdkClient(t, "localhost", s.Transport()), "CreateEmailAddress", map[string]any{"EmailAddress": "other@mail.example.com"}); err != nil {
		t.Fatal(err)
	}
	holds(t, ctx, `document.querySelector('#senders li[data-sender="other@mail.example.com"]')`)
	holds(t, ctx, `document.activeElement.value === 'http://half' && document.activeElement.dataset.sender === 'news@mail.example.com'`)
	fault, err := emulator.ParseFault("throttle=10%")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetFaults([]emulator.Fault{fault}); err != nil {
		t.Fatal(err)
	}
	holds(t, ctx, `document.getElementById('faults-on').innerText === '1' && !document.getElementById('faults-on').hidden`)
	if err := s.Clear(); err != nil {
		t.Fatal(err)
	}
	holds(t, ctx, text+`.includes('no callback') && document.getElementById('faults-on').hidden && !document.querySelector('#senders li[data-sender="other@mail.example.com"]')`)

	// The other language, and a fault that is chosen from the list.
	run(t, ctx, chromedp.Click(chromedp.CSS("#other")))
	holds(t, ctx, `document.documentElement?.lang === 'zh-CN' && document.getElementById('live')?.dataset.state === 'on'`)
	run(t, ctx, chromedp.Click(chromedp.CSS("#tab-faults")), chromedp.WaitVisible(chromedp.CSS("#kinds-list button")), chromedp.Click(chromedp.CSS("#kinds-list button")))
	holds(t, ctx, `document.activeElement.value === 'throttle=10%'`)
}

func TestPageByKeyboard(t *testing.T) {
	ctx := newBrowser(t, "en-US", 1280, 800)
	s := servePage(t)
	for i := range 40 {
		s.send(t, fmt.Sprintf("r%02d@example.com", i), "x")
	}
	run(t, ctx, chromedp.Navigate(s.base))
	holds(t, ctx, `document.getElementById('count').innerText === '40 of 40'`)
	holds(t, ctx, `!document.getElementById('list').innerText.includes('pending')`)
	run(t, ctx, chromedp.Focus(chromedp.CSS("#list")), chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(chromedp.CSS("#payload")))
	if got := value(t, ctx, `document.getElementById('detail').innerText`); !strings.Contains(got, "r38@example.com") {
		t.Errorf("the second row is not shown: %s", got)
	}
	run(t, ctx, chromedp.KeyEvent("r"))
	holds(t, ctx, `document.getElementById('toast').innerText.includes('sent again')`)
	run(t, ctx, chromedp.KeyEvent(kb.Escape), chromedp.WaitNotVisible(chromedp.CSS("#detail")), chromedp.KeyEvent(kb.End))
	holds(t, ctx, `document.getElementById('list').innerText.includes('r00@example.com') && document.activeElement.id === 'list'`)
	run(t, ctx, chromedp.KeyEvent("/"))
	holds(t, ctx, `document.activeElement.id === 'filter'`)
	run(t, ctx, enter("filter", ""), chromedp.KeyEvent("to:r07"))
	holds(t, ctx, rowsSeen+` === 1`)
	run(t, ctx, chromedp.Focus(chromedp.CSS("#tab-events")), chromedp.KeyEvent(kb.ArrowRight), chromedp.WaitVisible(chromedp.CSS("#callbacks")))
}

func TestPageInChineseAndNarrow(t *testing.T) {
	ctx := newBrowser(t, "zh-CN,zh;q=0.9,en;q=0.8", 390, 800)
	s := servePage(t)
	s.send(t, "unsubscribe+a-very-long-label-that-does-not-fit@subdomain.example.com", "x")
	run(t, ctx, chromedp.Navigate(s.base))
	holds(t, ctx, `document.documentElement.lang === 'zh-CN' && document.getElementById('tab-callbacks')?.innerText === '回调地址'`)
	holds(t, ctx, rowsSeen+` === 2 && document.getElementById('list').innerText.includes('已跳过')`)
	const fits = `document.documentElement.scrollWidth <= 390`
	holds(t, ctx, fits)
	run(t, ctx, chromedp.Click(chromedp.CSS(`#list .row:not([hidden])`)), chromedp.WaitVisible(chromedp.CSS("#payload")))
	holds(t, ctx, fits+` && document.getElementById('detail').getBoundingClientRect().width === 390`)
	run(t, ctx, chromedp.Click(chromedp.CSS("#close")))
	for _, tab := range []string{"callbacks", "send", "faults"} {
		run(t, ctx, chromedp.Click(chromedp.CSS("#tab-"+tab)), chromedp.WaitVisible(chromedp.CSS("#"+tab)))
		holds(t, ctx, fits+` && document.getElementById('`+tab+`').scrollWidth <= 390`)
	}
}

func TestPageEscapesWhatEventsHold(t *testing.T) {
	ctx := newBrowser(t, "en-US", 1280, 800)
	const hostile = `<img/src=x/onerror=document.title=1></script><script>document.title=2</script>`
	log := web.NewLog(10, func(web.Item) error { return nil })
	log.Add(web.Item{Row: web.Row{Type: hostile, Sender: hostile, Recipient: hostile, State: "failed", Note: hostile, Code: 500}, Message: hostile,
		URL: "http://127.0.0.1/" + hostile, Headers: map[string]string{hostile: hostile}, Payload: hostile,
		Attempts: []web.Attempt{{URL: hostile, Error: hostile, Answer: hostile}}})
	ended := make(chan struct{})
	base := "http://" + start(t, web.New(web.Options{Title: "listen", Source: log, Done: ended}))
	t.Cleanup(func() { close(ended) })
	var foreign atomic.Int64
	err := chromedp.Listen(ctx, func(event any) {
		if r, ok := event.(*network.EventRequestWillBeSent); ok && !strings.HasPrefix(r.Request.URL, base) {
			foreign.Add(1)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	run(t, ctx, chromedp.Navigate(base))
	holds(t, ctx, rowsSeen+` === 1 && document.getElementById('list').innerText.includes('<img/src=x')`)
	run(t, ctx, chromedp.Click(chromedp.CSS(`#list .row:not([hidden])`)), chromedp.WaitVisible(chromedp.CSS("#payload")))
	holds(t, ctx, `document.getElementById('detail').innerText.includes('<img/src=x')`)
	if got := value(t, ctx, `document.title + document.querySelectorAll('img, #detail script').length`); got != "sesctl · event listen0" {
		t.Errorf("a field became HTML: %s", got)
	}
	if foreign.Load() > 0 {
		t.Error("the page asked another host")
	}
}

// TestPageWithManyEvents checks that a list of 10,000 events has elements for the
// visible rows only. A burst of events does not freeze the page: it still paints
// frames.
func TestPageWithManyEvents(t *testing.T) {
	ctx := newBrowser(t, "en-US", 1280, 800)
	s := servePage(t)
	const many = 10_000
	for i := range many - 1000 {
		s.send(t, fmt.Sprintf("r%d@example.com", i), "x")
	}
	run(t, ctx, chromedp.Navigate(s.base))
	holds(t, ctx, `document.getElementById('count').innerText === '9000 of 9000'`)
	run(t, ctx, script(`window.longest = 0; let last = performance.now();
		const frame = () => { const now = performance.now(); window.longest = Math.max(window.longest, now - last); last = now; requestAnimationFrame(frame); };
		requestAnimationFrame(frame)`))
	began := time.Now()
	for i := range 1000 {
		s.send(t, fmt.Sprintf("burst%d@example.com", i), "x")
	}
	t.Logf("1000 events in %s", time.Since(began))
	holds(t, ctx, `document.getElementById('count').innerText === '10000 of 10000'`)
	t.Logf("longest frame %s ms", value(t, ctx, `Math.round(window.longest)`))
	if got := value(t, ctx, `document.querySelectorAll('#list .row').length < 100 && window.longest < 5000`); got != "true" {
		t.Error("the list is not windowed, or the page froze")
	}
	run(t, ctx, chromedp.Focus(chromedp.CSS("#list")), chromedp.KeyEvent(kb.End))
	holds(t, ctx, `document.getElementById('list').innerText.includes('r0@example.com')`)
}
