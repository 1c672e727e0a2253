package ses

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

const (
	firstURL = "https://hooks.example.com:8080/first"
	otherURL = "https://hooks.example.com:8082/other?token=s3cr3t"
)

// settled makes a change and settles its outcome, without a wait between two
// readings.
func settled(ctx context.Context, c *Client, change callback.Change) (callback.Receipt, error) {
	return callback.Make(ctx, c, change, callback.Settling{Grace: 10 * time.Second, Pause: time.Nanosecond})
}

func news(t *testing.T) callback.Target { return targets(t, "news@mail.example.com")[0] }

// TestLostAnswers loses the answer to a write in every way, before and after the
// write was carried out. It finds the outcome by reading.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	losses := map[string]http.HandlerFunc{
		"dropped":     drop,
		"500":         answerWith(500, nil, leak),
		"empty":       answerWith(200, nil, ""),
		"cut JSON":    answerWith(200, nil, `{"Resp`),
		"HTML":        answerWith(200, nil, "<html>"+leak),
		"other shape": answerWith(200, nil, `{}`),
		"failed":      answerWith(200, nil, apiError("InternalError.Timeout", "oops")),
		"cut body": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `{"Resp`)
			drop(w, r)
		},
	}
	writes := map[string]struct {
		action  string
		account bool // else a sender's
		create  bool // else there is a callback before
		remove  bool
	}{
		"set the account's":    {action: "UpdateWebhookUrl", account: true, create: true},
		"change the account's": {action: "UpdateWebhookUrl", account: true},
		"clear the account's":  {action: "UpdateWebhookUrl", account: true, remove: true},
		"create a sender's":    {action: "CreateAddressTrackUrl", create: true},
		"change a sender's":    {action: "UpdateAddressTrackUrl"},
		"remove a sender's":    {action: "DeleteAddressTrackUrl", remove: true},
	}
	for lossName, lose := range losses {
		for writeName, write := range writes {
			for _, carriedOut := range []bool{false, true} {
				name := writeName + ", " + lossName + ", not carried out"
				if carriedOut {
					name = strings.Replace(name, "not carried", "carried", 1)
				}
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					m := meddle(t, func(action string, _ int, w http.ResponseWriter, r *http.Request, next http.Handler) {
						if action != write.action {
							next.ServeHTTP(w, r)
							return
						}
						if carriedOut {
							carryOut(r, next)
						}
						lose(w, r)
					})
					target, old := news(t), ""
					if write.account {
						target = callback.Account()
					}
					if !write.create {
						old = firstURL
						if err := put(m.direct(t), target, old, ""); err != nil {
							t.Fatal(err)
						}
					}
					url := secretURL
					if write.remove {
						url = ""
					}
					receipt, err := settled(t.Context(), newClient(t, Options{Endpoint: m.URL}), callback.NewChange(target, callback.NewURL(old), callback.NewURL(url)))
					if carriedOut {
						if err != nil || len(receipt.Notes) != 1 || !strings.Contains(receipt.Notes[0], "anyway") || strings.Contains(receipt.Notes[0], leak) {
							t.Errorf("the receipt is %+v, the error %v", receipt, err)
						}
						return
					}
					checkError(t, err, failure.Failure, "nothing was changed")
				})
			}
		}
	}
}

// TestUnknownOutcome loses the answer to a write. The client does not know the
// outcome, and does not read.
func TestUnknownOutcome(t *testing.T) {
	t.Parallel()
	m := meddle(t, func(action string, _ int, w http.ResponseWriter, r *http.Request, next http.Handler) {
		if action != "CreateAddressTrackUrl" {
			t.Errorf("%s was called", action)
		}
		carryOut(r, next)
		drop(w, r)
	})
	e := checkError(t, put(newClient(t, Options{Endpoint: m.URL}), news(t), secretURL, ""), failure.Failure, "cannot set the callback of news@mail.example.com")
	if !e.OutcomeUnknown() {
		t.Error("the outcome does not count as unknown")
	}
}

// TestUnsettledOutcome loses the answer to a write, and the answers to the reads
// after it.
func TestUnsettledOutcome(t *testing.T) {
	t.Parallel()
	m := meddle(t, func(_ string, _ int, w http.ResponseWriter, r *http.Request, next http.Handler) {
		carryOut(r, next)
		drop(w, r)
	})
	_, err := settled(t.Context(), newClient(t, Options{Endpoint: m.URL}), callback.NewChange(news(t), callback.URL{}, callback.NewURL(secretURL)))
	checkError(t, err, failure.Failure, "cannot set the callback of news@mail.example.com", "the outcome is unknown", "cannot list the callbacks of senders", "sesctl callback list")
}

// TestSomethingElseIsThere finds another callback, or none, after a write whose
// answer was lost.
func TestSomethingElseIsThere(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		meanwhile string
		texts     string
	}{
		"another": {otherURL, "another callback of news@mail.example.com: https://hooks.example.com:8082/other?token=***"},
		"none":    {"", "news@mail.example.com has no callback of its own now"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var direct *Client
			m := meddle(t, func(action string, _ int, w http.ResponseWriter, r *http.Request, next http.Handler) {
				if action != "UpdateAddressTrackUrl" {
					next.ServeHTTP(w, r)
					return
				}
				var err error
				if test.meanwhile == "" {
					_, err = direct.Make(r.Context(), callback.NewChange(news(t), callback.NewURL(firstURL), callback.URL{}))
				} else {
					err = put(direct, news(t), test.meanwhile, firstURL)
				}
				if err != nil {
					t.Error(err)
				}
				drop(w, r)
			})
			direct = m.direct(t)
			if err := put(direct, news(t), firstURL, ""); err != nil {
				t.Fatal(err)
			}
			_, err := settled(t.Context(), newClient(t, Options{Endpoint: m.URL}), callback.NewChange(news(t), callback.NewURL(firstURL), callback.NewURL(secretURL)))
			checkError(t, err, failure.Conflict, test.texts)
		})
	}
}

// TestLateWrite carries out a write while the account is being read: the second
// reading finds it.
func TestLateWrite(t *testing.T) {
	t.Parallel()
	var direct *Client
	m := meddle(t, func(action string, n int, w http.ResponseWriter, r *http.Request, next http.Handler) {
		switch action {
		case "UpdateWebhookUrl":
			drop(w, r)
		default:
			next.ServeHTTP(w, r)
			if n == 1 {
				if err := put(direct, callback.Account(), secretURL, ""); err != nil {
					t.Error(err)
				}
			}
		}
	})
	direct = m.direct(t)
	if _, err := settled(t.Context(), newClient(t, Options{Endpoint: m.URL}), callback.NewChange(callback.Account(), callback.URL{}, callback.NewURL(secretURL))); err != nil {
		t.Error(err)
	}
}

// TestInterruptedWrite interrupts while a write is in flight, and checks that the
// error gives the outcome.
func TestInterruptedWrite(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		carriedOut, readable bool
		texts                string
	}{
		"carried out":       {true, true, "interrupted after the callback of the account was set"},
		"not carried out":   {false, true, "nothing was changed"},
		"cannot be settled": {true, false, "the outcome is unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, interrupt := context.WithCancel(t.Context())
			m := meddle(t, func(action string, _ int, w http.ResponseWriter, r *http.Request, next http.Handler) {
				switch {
				case action == "UpdateWebhookUrl":
					if test.carriedOut {
						carryOut(r, next)
					}
					interrupt()
					_, _ = io.Copy(io.Discard, r.Body)
					<-r.Context().Done()
				case test.readable:
					next.ServeHTTP(w, r)
				default:
					drop(w, r)
				}
			})
			_, err := settled(ctx, newClient(t, Options{Endpoint: m.URL}), callback.NewChange(callback.Account(), callback.URL{}, callback.NewURL(secretURL)))
			checkError(t, err, failure.Interrupted, test.texts)
		})
	}
}

// TestTimedOutWrite ends by its deadline after the write was carried out. The
// write counts as made, and the receipt gives the reason for the delay.
func TestTimedOutWrite(t *testing.T) {
	t.Parallel()
	m := meddle(t, func(action string, _ int, w http.ResponseWriter, r *http.Request, next http.Handler) {
		if action != "UpdateWebhookUrl" {
			next.ServeHTTP(w, r)
			return
		}
		carryOut(r, next)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	receipt, err := settled(ctx, newClient(t, Options{Endpoint: m.URL}), callback.NewChange(callback.Account(), callback.URL{}, callback.NewURL(secretURL)))
	if err != nil || len(receipt.Notes) != 1 || !strings.Contains(receipt.Notes[0], "timed out after") {
		t.Errorf("the receipt is %+v, the error %v", receipt, err)
	}
}

func TestEmptyURL(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{Endpoint: "http://localhost", Transport: openEmulator(t, renamed(t)).Transport()})
	_, err := c.Make(t.Context(), callback.Change{Action: callback.ActionCreate})
	checkError(t, err, failure.Usage, "the URL is empty")
}
