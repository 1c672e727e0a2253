package webhook

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/seed"
)

const (
	crashFile = "SESCTL_TEST_CRASH_FILE"
	crashRuns = "SESCTL_TEST_CRASH_RUNS" // how often to kill; 30 if not set, 3 with -short
)

// TestMain lets the test binary be the receiver that is killed.
func TestMain(m *testing.M) {
	if path := os.Getenv(crashFile); path != "" {
		fmt.Fprintln(os.Stderr, serveUntilKilled(path))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func serveUntilKilled(path string) error {
	archive, err := OpenArchive(path)
	if err != nil {
		return err
	}
	listener, err := Listen(context.Background(), "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	return Serve(context.Background(), listener, NewReceiver(ReceiverOptions{Archive: archive}))
}

// What was answered 200 is in the file, whenever the receiver is killed. The
// moments are random; the test does not depend on them.
func TestNothingConfirmedIsLostByAKill(t *testing.T) {
	t.Parallel()
	random, runs := seed.New(t), seed.Kills(30)
	if set, err := strconv.Atoi(os.Getenv(crashRuns)); err == nil {
		runs = set
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "events.jsonl")
	var confirmed []string
	for run := range runs {
		confirmed = append(confirmed, killOnce(t, self, path, run, random.IntN(200))...)
	}
	saved := map[string]bool{}

	for _, line := range mustRead(t, path) {
		saved[line] = true
	}
	for _, body := range confirmed {
		if !saved[body] {
			t.Fatalf("%s was answered 200 and is not in the file", body)
		}
	}
	if len(confirmed) == 0 {
		t.Error("nothing was ever confirmed")
	}
	t.Logf("%d kills, %d events confirmed, %d saved", runs, len(confirmed), len(saved))
}

func mustRead(t *testing.T, path string) []string {
	t.Helper()
	bodies, problems := readAll(t, readFile(t, path))
	for _, problem := range problems {
		if !strings.Contains(problem, "is incomplete") {
			t.Fatal(problem)
		}
	}
	return bodies
}

// killOnce starts a receiver, sends it events from several connections, kills it
// after the given number of answers, and returns the bodies that were confirmed.
func killOnce(t *testing.T, self, path string, run, until int) []string {
	t.Helper()
	receiver := exec.CommandContext(t.Context(), self)
	receiver.Env = append(os.Environ(), crashFile+"="+path)
	out, err := receiver.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := receiver.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = receiver.Wait() }()
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var confirmed []string
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}, Timeout: 10 * time.Second}
	defer client.CloseIdleConnections()
	var senders sync.WaitGroup
	for sender := range 8 {
		senders.Go(func() {
			for n := 0; ; n++ {
				body := fmt.Sprintf(`{"event":"open","bulkId":"%d-%d-%d"}`, run, sender, n)
				response, err := client.Post("http://"+strings.TrimSpace(address), "application/json", strings.NewReader(body))
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
					_ = receiver.Process.Kill()
				}
				mu.Unlock()
			}
		})
	}
	senders.Wait()
	_ = receiver.Process.Kill()
	return confirmed
}
