package web

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestLiveUpdates(t *testing.T) {
	t.Parallel()
	done := make(chan struct{})
	p, log := newTestPage(Options{Done: done})
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	request, _ := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+Path+"live", nil)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if got := response.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Error(got)
	}
	lines := bufio.NewReader(response.Body)
	next := func() string {
		var text string
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				return err.Error()
			}
			if line == "\n" {
				return text
			}
			text += line
		}
	}
	if got := next(); got != "event: hello\ndata: {}\n" {
		t.Fatal(got)
	}
	log.Add(event("bounce\n\ndata: forged"))
	if got := next(); !strings.HasPrefix(got, "event: rows\ndata: [{") || strings.Count(got, "\n") != 2 {
		t.Error(got)
	}
	log.Changes().Reset()
	if got := next(); got != "event: reset\ndata: {}\n" {
		t.Error(got)
	}
	close(done) // a server that stops does not wait for browsers
	if got := next(); got != io.EOF.Error() {
		t.Error(got)
	}
}

// TestLogIsBounded checks that the oldest events go when there are too many bytes, and
// that long texts are cut off in the list.
func TestLogIsBounded(t *testing.T) {
	t.Parallel()
	log := NewLog(100, nil)
	log.bytes = 10_000
	for range 50 {
		log.Add(Item{Payload: strings.Repeat("x", 1000)})
	}
	rows, total, err := log.Rows(100)
	if err != nil || total != len(rows) || total < 4 || total > 8 || rows[total-1].ID != 50 {
		t.Errorf("%d of %d rows, %v", len(rows), total, err)
	}
	if _, err := log.Item(rows[0].ID - 1); !errors.Is(err, ErrNoRow) {
		t.Error("an event that is gone is still there")
	}
	log.Add(Item{Row: Row{Recipient: "a" + strings.Repeat("收", 1000)}, Payload: strings.Repeat("x", 20_000)})
	rows, total, _ = log.Rows(100)
	if total != 1 || rows[0].ID != 51 {
		t.Errorf("after one large event there are %d", total)
	}
	if to := rows[0].Recipient; len(to) > maxRowText+3 || !utf8.ValidString(to) || !strings.HasSuffix(to, "收…") {
		t.Errorf("the recipient has %d bytes: %q", len(to), to)
	}
}
