package cli_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/seed"
	"github.com/sesctl/sesctl/internal/webhook"
)

// TestSavedEventsSurviveKills kills the listener repeatedly, each time after a random
// number of answers. Every event that was answered 200 must be in the file.
func TestSavedEventsSurviveKills(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows releases the locks of a killed process some time later")
	}
	user := newSession(t)
	path := filepath.Join(user.env["HOME"], "events.jsonl")
	confirmed := map[string]bool{}
	random := seed.New(t)
	for run := range kills() {
		for _, id := range killListener(t, user, path, run, random.IntN(100)) {
			confirmed[id] = true
		}
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	saved, torn := 0, 0
	for record, err := range webhook.ReadRecords(file) {
		if err != nil {
			torn++
			continue
		}
		saved++
		delete(confirmed, string(record.Body))
	}
	for body := range confirmed {
		t.Errorf("%s was answered 200 and is not in the file", body)
	}
	if saved == 0 {
		t.Error("nothing was saved")
	}
	t.Logf("%d saved, %d lines torn", saved, torn)
}

// killListener starts a listener, kills it after the given number of answers, and
// returns the bodies that were answered 200.
func killListener(t *testing.T, user *session, path string, run, until int) []string {
	t.Helper()
	cmd := user.process("event", "listen", "--listen", "127.0.0.1:0", "--save", path)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stderr).ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if err != nil || !ok {
		t.Fatalf("it does not listen: %s", line)
	}
	var mu sync.Mutex
	var confirmed []string
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 4}, Timeout: 10 * time.Second}
	defer client.CloseIdleConnections()
	var senders sync.WaitGroup
	for sender := range 4 {
		senders.Go(func() {
			for n := 0; ; n++ {
				body := fmt.Sprintf(`{"event":"open","bulkId":"%d-%d-%d"}`, run, sender, n)
				response, err := client.Post(url, "application/json", strings.NewReader(body))
				if err != nil {
					return // it is dead
				}
				_, _ = io.Copy(io.Discard, response.Body)
				response.Body.Close()
				mu.Lock()
				if response.StatusCode == http.StatusOK {
					confirmed = append(confirmed, body)
				}
				if len(confirmed) >= until {
					_ = cmd.Process.Kill()
				}
				mu.Unlock()
			}
		})
	}
	senders.Wait()
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	return confirmed
}

// TestBorrowKilled kills a borrower at random moments. Afterwards restore must restore
// the previous state, whether there was a callback or none.
func TestBorrowKilled(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows releases the locks of a killed process some time later")
	}
	const url = "https://hooks.example.com:8080/former?token=s3cret"
	user := newSession(t)
	user.must("callback", "set", "--account", url)
	targets := [][]string{{"--account"}, {"--sender", "news@mail.example.com"}}
	former := []string{url + "\n", ""}

	random := seed.New(t)
	began := time.Now()
	usual := time.Duration(0)
	killed := 0
	for try := range kills() {
		target := targets[try%2]
		cmd := user.process(append([]string{"event", "listen", "--listen", "127.0.0.1:0", "--for", "1ms", "--borrow", "https://dev.example.com:8082/x"}, target...)...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if usual > 0 {
			timer := time.AfterFunc(time.Duration(random.Int64N(int64(usual))), func() { _ = cmd.Process.Kill() })
			defer timer.Stop()
		}
		if err := cmd.Wait(); err != nil {
			killed++
		}
		if usual == 0 {
			usual = time.Since(began)
		}
		user.must("callback", "restore")
		status, stdout, stderr := user.run(t.Context(), append([]string{"callback", "get", "-q"}, target...)...)
		if stdout != former[try%2] || status != 0 && status != 5 {
			t.Fatalf("after %d: %q is there, want %q: %s", try, stdout, former[try%2], stderr)
		}
	}
	user.must("callback", "list")
	if pending := user.must("callback", "history", "--limit", "0", "-o", "json"); strings.Contains(pending, `"pending"`) {
		t.Error("the journal has entries without an end")
	}
	t.Logf("%d of %d were killed before their end; one takes %s", killed, kills(), usual)
}
