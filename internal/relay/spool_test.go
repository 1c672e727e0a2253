package relay

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func testSpool(t testing.TB, folder string, most int64) *spool {
	t.Helper()
	s, err := openSpool(folder, &budget{most: most}, func(file string, bytes int64) { t.Logf("%s: %d bytes damaged", file, bytes) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	return s
}

func testMessage(t testing.TB, text string) *message {
	t.Helper()
	m, err := newMessage([]byte(text), "", "")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// take reads the next messages and marks them as acknowledged.
func take(t testing.TB, s *spool, most int) []string {
	t.Helper()
	messages, end, err := s.window(most)
	if err != nil {
		t.Fatal(err)
	}
	var bodies []string
	for _, m := range messages {
		bodies = append(bodies, string(m.body))
	}
	if len(bodies) > 0 {
		s.advance(end, len(bodies))
	}
	return bodies
}

// TestSpoolIsAQueue appends, reads, closes and opens at random, with segments of
// random size. The spool must always be a queue.
func TestSpoolIsAQueue(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		folder, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		s := testSpool(t, folder, 1<<20)
		s.segmentMax = int64(rapid.IntRange(1, 2000).Draw(rt, "segment"))
		var want []string
		for i := range rapid.IntRange(1, 40).Draw(rt, "steps") {
			switch rapid.IntRange(0, 5).Draw(rt, "step") {
			case 0, 1, 2:
				event := fmt.Sprintf(`{"event":"open","email":"%d@example.com","n":%d}`, rapid.IntRange(0, 3).Draw(rt, "who"), i)
				if err := s.append(testMessage(t, event)); err != nil {
					rt.Fatal(err)
				}
				want = append(want, event)
			case 3, 4:
				got := take(t, s, rapid.IntRange(1, 5).Draw(rt, "most"))
				if len(got) == 0 && len(want) > 0 {
					rt.Fatalf("nothing, want %v", want)
				}
				for j, event := range got {
					if event != want[j] {
						rt.Fatalf("got %v, want %v", got, want)
					}
				}
				want = want[len(got):]
			default:
				s.close()
				s = testSpool(t, folder, 1<<20)
			}
			if got := s.pending.Load(); got != int64(len(want)) {
				rt.Fatalf("%d pending, want %d", got, len(want))
			}
		}
		for len(want) > 0 {
			got := take(t, s, 3)
			if len(got) == 0 || got[0] != want[0] {
				rt.Fatalf("got %v, want %v", got, want)
			}
			want = want[len(got):]
		}
		if used := s.budget.used.Load(); used != 0 {
			rt.Fatalf("an empty spool takes %d bytes", used)
		}
		if left, _ := segmentNumbers(folder); len(left) != 0 {
			rt.Fatalf("an empty spool has segments: %v", left)
		}
		s.close()
	})
}

// TestWindowHasEachRecipientOnce checks that a window never has two messages for one
// recipient.
func TestWindowHasEachRecipientOnce(t *testing.T) {
	t.Parallel()
	s := testSpool(t, t.TempDir(), 1<<20)
	for i, who := range []string{"a", "b", "a", "c"} {
		if err := s.append(testMessage(t, fmt.Sprintf(`{"event":"open","email":"%s@example.com","n":%d}`, who, i))); err != nil {
			t.Fatal(err)
		}
	}
	if got := take(t, s, 10); len(got) != 2 {
		t.Errorf("the first window has %v", got)
	}
	if got := take(t, s, 10); len(got) != 2 {
		t.Errorf("the second window has %v", got)
	}
}

// TestSpoolSurvivesDamage checks that an interrupted write or a damaged part loses no
// other message.
func TestSpoolSurvivesDamage(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(data []byte, frames []int) []byte{
		"cut off":         func(data []byte, frames []int) []byte { return data[:frames[9]+20] },
		"zeros at end":    func(data []byte, _ []int) []byte { return append(data, make([]byte, 5000)...) },
		"a bit":           func(data []byte, frames []int) []byte { data[frames[4]+30] ^= 1; return data },
		"a length":        func(data []byte, frames []int) []byte { data[frames[4]+5] ^= 0xff; return data },
		"zeros in middle": func(data []byte, frames []int) []byte { clear(data[frames[3]:frames[5]]); return data },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			s := testSpool(t, folder, 1<<20)
			for i := range 10 {
				if err := s.append(testMessage(t, body(i))); err != nil {
					t.Fatal(err)
				}
			}
			s.close()
			file := s.path(1)
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var frames []int
			for at := 0; at < len(data); at++ {
				if bytes.HasPrefix(data[at:], []byte("SESR")) {
					frames = append(frames, at)
				}
			}
			if err := os.WriteFile(file, change(data, frames), 0o600); err != nil {
				t.Fatal(err)
			}
			s = testSpool(t, folder, 1<<20)
			got := map[string]bool{}
			for bodies := take(t, s, 4); len(bodies) > 0; bodies = take(t, s, 4) {
				for _, b := range bodies {
					got[b] = true
				}
			}
			lost := map[string][]int{"cut off": {9}, "a bit": {4}, "a length": {4}, "zeros in middle": {3, 4}}[name]
			for i := range 10 {
				want := true
				for _, l := range lost {
					want = want && l != i
				}
				if got[body(i)] != want {
					t.Errorf("event %d: there %v, want %v", i, got[body(i)], want)
				}
			}
			if err := s.append(testMessage(t, body(100))); err != nil {
				t.Fatal(err)
			}
			if bodies := take(t, s, 4); len(bodies) != 1 || bodies[0] != body(100) {
				t.Errorf("afterwards: %v", bodies)
			}
			if pending := s.pending.Load(); pending != 0 {
				t.Errorf("%d pending", pending)
			}
		})
	}
}

func TestSpoolIsForItsOwnerAndForOneProcess(t *testing.T) {
	t.Parallel()
	u := parsed(t, "nats://127.0.0.1/x.y")
	o := Options{Spool: filepath.Join(t.TempDir(), "spool"), To: []EngineURL{u}, SpoolMax: 1 << 20}
	r, err := openRooms(o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openRooms(o); err == nil || !strings.Contains(err.Error(), "another process uses") {
		t.Errorf("a second process: %v", err)
	}
	s := testSpool(t, o.spoolOf(u), 1<<20)
	if err := s.append(testMessage(t, body(1))); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{o.Spool: 0o700, s.folder: 0o700, s.path(1): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	r.close()
	o.To = []EngineURL{parsed(t, "nats://127.0.0.1/other")}
	if _, err := openRooms(o); err == nil || !strings.Contains(err.Error(), "events for the engine nats-x.y") {
		t.Errorf("an engine that is gone: %v", err)
	}
}

func FuzzReadFrames(f *testing.F) {
	good, err := appendFrame(nil, testMessage(f, body(1)), time.Unix(0, 0))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(append(good, good...))
	f.Add(append([]byte("SESR"), good...))
	f.Fuzz(func(t *testing.T, data []byte) {
		last := int64(0)
		err := readFrames(bytes.NewReader(data), 0, int64(len(data)), func(f frame) bool {
			if f.end <= last || f.end > int64(len(data)) {
				t.Fatalf("a frame ends at %d after %d", f.end, last)
			}
			last = f.end
			_, _, _ = readMessage(f.content)
			return true
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkSpool(b *testing.B) {
	s := testSpool(b, b.TempDir(), 1<<40)
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := s.append(testMessage(b, body(rand.IntN(1000)))); err != nil {
				b.Error(err)
			}
		}
	})
}

// TestDiskFull checks that a full disk is answered 503, and that the next run has
// every event that was answered 200.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("there is no limit of the size of files")
	}
	folder, port := t.TempDir(), freePort(t) // no server listens on it
	c := newChild(t, "full", folder, port)
	t.Cleanup(c.kill)
	c.start()
	var taken []string
	refused := 0
	for i := 0; refused < 20 && i < 5000; i++ {
		event := fmt.Sprintf(`{"event":"open","email":"%d@example.com","x":"%s"}`, i, strings.Repeat("x", 150<<10*(i%2)))
		switch status := post(t, "http://"+c.address(0)+testPath, event); status {
		case 200:
			taken = append(taken, event)
		case 503:
			refused++
		default:
			t.Fatalf("answered %d", status)
		}
	}
	if refused == 0 || len(taken) == 0 {
		t.Fatalf("%d taken, %d refused", len(taken), refused)
	}
	c.kill()
	n := startNATS(t)
	stream := n.stream()
	startRelay(t, Options{To: []EngineURL{n.url()}, Spool: folder})
	present := map[string]bool{}
	eventually(t, "what was taken", func() bool {
		for _, m := range stored(t, stream) {
			present[string(m.Data)] = true
		}
		return len(present) >= len(taken)
	})
	for _, event := range taken {
		if !present[event] {
			t.Errorf("%.60s was answered 200, and is lost", event)
		}
	}
}
