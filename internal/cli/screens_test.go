package cli_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-runewidth"

	"github.com/sesctl/sesctl/internal/cli"
	"github.com/sesctl/sesctl/internal/emulator"
)

const (
	longSender = "newsletter-weekly@marketing.mail.example.com"
	longEnd    = "/tencent/ses/production/events/of/this/sender"
)

// screen is what a command shows on a terminal.
type screen struct {
	name string
	args []string
	// whole is what must be there without a cut, at every width.
	whole []string
	// once is what every row would repeat.
	once string
}

// screensTime is far from midnight: times are short today.
func screensTime() time.Time { return time.Date(2026, 1, 31, 12, 0, 0, 0, time.Local) }

// screensSession has senders, callbacks and a history, all of them long, and an
// emulator that lists deliveries.
func screensSession(t *testing.T) *session {
	s := newSession(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(screensDeliveries())
	}))
	t.Cleanup(server.Close)
	s.env["DELIVERIES"] = server.URL
	s.change = func(env *cli.Env) { env.Now = screensTime }
	for _, args := range [][]string{
		{"--account", "https://hooks.example.com:8080" + longEnd + "?token=s3cret"},
		{"--sender", "news@mail.example.com", "https://hooks.example.com:8081" + longEnd},
		{"--sender", "news@mail.example.com", "https://hooks.example.com:8082" + longEnd, "--replace"},
	} {
		s.must(append([]string{"callback", "set"}, args...)...)
	}
	return s
}

func screensDeliveries() emulator.Listing {
	now := screensTime()
	url := "http://127.0.0.1:8080" + longEnd
	return emulator.Listing{Deliveries: []emulator.Delivery{
		{ID: 1, Time: now, Type: "delivered", Sender: longSender, Recipient: "jane@example.com", URL: url, Status: "accepted", Attempts: []emulator.Attempt{{}}},
		{ID: 2, Time: now, Type: "unsubscribe", Sender: longSender, Recipient: "someone@customer.example.cn", URL: url, Status: "failed",
			Reason: "the callback answered 503 Service Unavailable six times", Attempts: make([]emulator.Attempt, 6)},
	}}
}

func screens(s *session) []screen {
	return []screen{
		{"history", []string{"callback", "history"}, []string{"news@mail.example.com", "account"}, "in every row: who"},
		{"deliveries", []string{"emulator", "deliveries", "--endpoint", s.env["DELIVERIES"]},
			[]string{"jane@example.com", "someone@customer.example.cn", "delivered", "unsubscribe", "failed"}, "in every row: callback"},
		{"sender list", []string{"sender", "list"}, []string{"news@mail.example.com", "noreply@mail.example.com"}, ""},
		{"resolve", []string{"callback", "resolve", "--all"}, []string{"news@mail.example.com", "noreply@mail.example.com"}, "in every row: registered yes\n"},
		{"resolve of a long address", []string{"callback", "resolve", "noreply@mail.example.com", longSender},
			[]string{"noreply@mail.example.com", longSender}, "in every row: source account\n"},
	}
}

// TestScreens holds what people look at most to the width of their terminals: no
// line is wider, addresses are whole, URLs are cut in the middle, and a value that
// every row has is shown once.
func TestScreens(t *testing.T) {
	t.Parallel()
	s := screensSession(t)
	for _, width := range []int{60, 80, 120} {
		s.change = func(env *cli.Env) {
			env.StdoutTerminal, env.Width, env.Now = true, width, screensTime
			if s.env["SESCTL_LOCAL"] = "1"; strings.Contains(strings.Join(env.Args, " "), "--endpoint") {
				s.env["SESCTL_LOCAL"] = ""
			}
		}
		for _, screen := range screens(s) {
			shown := stripColor(s.must(screen.args...))
			fits(t, fmt.Sprintf("%s at %d", screen.name, width), shown, width)
			for _, want := range append(screen.whole, screen.once) {
				if !strings.Contains(shown, want) {
					t.Errorf("%s at %d: no %q in\n%s", screen.name, width, want, shown)
				}
			}
			if strings.Contains(shown, "…\n") {
				t.Errorf("%s at %d: a URL without its end in\n%s", screen.name, width, shown)
			}
		}
	}
}

func fits(t *testing.T, name, shown string, width int) {
	t.Helper()
	for line := range strings.SplitSeq(shown, "\n") {
		if cells := runewidth.StringWidth(line); cells > width {
			t.Errorf("%s: a line of %d cells: %s", name, cells, line)
		}
		if strings.TrimRight(line, " ") != line {
			t.Errorf("%s: blanks at the end of %q", name, line)
		}
	}
}

// TestListenScreens shows events at the widths of terminals.
func TestListenScreens(t *testing.T) {
	t.Parallel()
	for _, width := range []int{60, 80, 120} {
		s := newSession(t)
		s.change = func(env *cli.Env) {
			env.StdoutTerminal, env.Width = true, width
			env.Stderr = onListening(func(url string) {
				post(t, url, `{"event":"bounce","email":"someone@customer.example.cn","bounceType":"soft_bounce","reason":"the mailbox of 公司 is full"}`)
				post(t, url, `{"event":"delivered","email":"`+longSender+`","from":"news@mail.example.com"}`)
			})
		}
		shown := stripColor(s.must("event", "listen", "--listen", "127.0.0.1:0", "--until", "2"))
		fits(t, fmt.Sprintf("listen at %d", width), shown, width)
		for _, want := range []string{"someone@customer.example.cn", "the mailbox of 公司 is full", "news@mail.example.com"} {
			if !strings.Contains(shown, want) {
				t.Errorf("at %d: no %q in\n%s", width, want, shown)
			}
		}
	}
}

// TestShortTimes shows the time of day today, and the day otherwise; and to scripts
// the whole time.
func TestShortTimes(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	made := time.Date(2026, 1, 31, 9, 5, 7, 0, time.Local)
	show := func(now time.Time, terminal bool, args ...string) string {
		s.change = func(env *cli.Env) {
			env.Now = func() time.Time { return now }
			env.StdoutTerminal, env.Width = terminal, 0
		}
		return s.must(args...)
	}
	show(made, false, "callback", "set", "--account", "https://hooks.example.com:8080/")
	for _, test := range []struct {
		now      time.Time
		terminal bool
		wide     string
		want     string
	}{
		{made.Add(time.Hour), true, "table", " 09:05:07 "},
		{made.AddDate(0, 0, 1), true, "table", " 01-31 09:05 "},
		{made.AddDate(1, 0, 0), true, "table", " 2026-01-31 "},
		{made.Add(time.Hour), true, "wide", " 2026-01-31 09:05:07 "},
		{made.Add(time.Hour), false, "table", " 2026-01-31 09:05:07 "},
	} {
		if got := show(test.now, test.terminal, "callback", "history", "-o", test.wide); !strings.Contains(got, test.want) {
			t.Errorf("no %q in %q", test.want, got)
		}
	}
}
