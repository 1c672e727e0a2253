package relay

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// These variables make the test binary run as one of the programs that are killed.
const (
	envChild  = "SESCTL_TEST_CHILD" // "relay", "nats" or "full"
	envFolder = "SESCTL_TEST_FOLDER"
	envPort   = "SESCTL_TEST_PORT" // port of the NATS server
	envSeed   = "SESCTL_TEST_SEED" // repeats a run
)

func TestMain(m *testing.M) {
	if child := os.Getenv(envChild); child != "" {
		fmt.Fprintln(os.Stderr, runChild(child))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func runChild(kind string) error {
	folder := os.Getenv(envFolder)
	port, err := strconv.Atoi(os.Getenv(envPort))
	if err != nil {
		return err
	}
	if kind == "nats" {
		s, err := server.NewServer(natsOptions(folder, port))
		if err != nil {
			return err
		}
		s.Start()
		if !s.ReadyForConnections(time.Minute) {
			return fmt.Errorf("the NATS server does not start")
		}
		fmt.Println(s.Addr())
		select {}
	}
	if kind == "full" {
		if err := limitFiles(128 << 10); err != nil {
			return err
		}
	}
	u, err := ParseEngine(fmt.Sprintf("nats://127.0.0.1:%d/%s", port, testSubject))
	if err != nil {
		return err
	}
	return Run(context.Background(), Options{
		Listen: "127.0.0.1:0", Metrics: "127.0.0.1:0", Paths: []string{testPath}, To: []EngineURL{u}, Spool: folder,
		Log:       NewLog(os.Stderr, slog.LevelError, nil),
		Listening: func(events, metrics string) { fmt.Println(events, metrics) },
	})
}

// child is a process that is killed and started again.
type child struct {
	t    *testing.T
	env  []string
	mu   sync.Mutex
	cmd  *exec.Cmd
	line atomic.Value // the line that it printed when it was ready
}

func newChild(t *testing.T, kind, folder string, port int) *child {
	return &child{t: t, env: append(os.Environ(), envChild+"="+kind, envFolder+"="+folder, envPort+"="+strconv.Itoa(port))}
}

func (c *child) start() {
	c.t.Helper()
	self, err := os.Executable()
	if err != nil {
		c.t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env, cmd.Stderr = c.env, os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.mu.Lock()
	c.cmd = cmd
	c.mu.Unlock()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		c.t.Fatalf("a process does not start: %v", err)
	}
	c.line.Store(strings.TrimSpace(line))
}

func (c *child) kill() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cmd != nil {
		_ = c.cmd.Process.Kill()
		_ = c.cmd.Wait()
		c.cmd = nil
	}
}

func (c *child) address(i int) string {
	line, _ := c.line.Load().(string)
	return strings.Fields(line)[i]
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// TestNothingConfirmedIsLost kills the relay and the NATS server at random moments.
// Each event that was answered 200 must be in the stream exactly once.
func TestNothingConfirmedIsLost(t *testing.T) {
	t.Parallel()
	kills, lanes := 200, 4
	if testing.Short() {
		kills, lanes = 20, 2
	}
	for lane := range lanes {
		t.Run(strconv.Itoa(lane), func(t *testing.T) {
			t.Parallel()
			seed := rand.Uint64()
			if set, err := strconv.ParseUint(os.Getenv(envSeed), 10, 64); err == nil {
				seed = set
			}
			t.Logf("%s=%d", envSeed, seed)
			killLane(t, rand.New(rand.NewPCG(seed, 1)), kills/lanes)
		})
	}
}

func killLane(t *testing.T, chance *rand.Rand, kills int) {
	port := freePort(t)
	engine := newChild(t, "nats", t.TempDir(), port)
	relay := newChild(t, "relay", t.TempDir(), port)
	t.Cleanup(engine.kill)
	t.Cleanup(relay.kill)
	engine.start()
	stream := createStream(t, port, testSubject)
	relay.start()

	load := startLoad(relay, chance.Uint64())
	var engines int
	for range kills {
		time.Sleep(time.Duration(chance.IntN(150)) * time.Millisecond)
		what := chance.IntN(10)
		if what < 3 {
			engines++
			engine.kill()
		}
		if what > 0 {
			relay.kill()
			relay.start()
		}
		if what < 3 {
			time.Sleep(time.Duration(chance.IntN(150)) * time.Millisecond)
			engine.start()
		}
	}
	confirmed, repeated := load.end()
	eventually(t, "the spool is empty", func() bool {
		_, text := get(t, "http://"+relay.address(1)+"/readyz")
		return strings.Contains(text, `"state":"up","spool_events":0`)
	})
	present := map[string]int{}
	for _, m := range stored(t, stream) {
		present[string(m.Data)]++
		if id := m.Header["ce-id"]; len(id) != 1 || id[0] != contentID(m.Data) || m.Header.Get("Nats-Msg-Id") != id[0] {
			t.Fatalf("%s has the identifier %v", m.Data, id)
		}
	}
	for _, body := range confirmed {
		if present[body] != 1 {
			t.Errorf("%s was answered 200, and is in the stream %d times", body, present[body])
		}
	}
	for body, times := range present {
		if times != 1 {
			t.Errorf("%s is in the stream %d times", body, times)
		}
	}
	if len(confirmed) == 0 {
		t.Error("nothing was ever confirmed")
	}
	t.Logf("%d kills, %d of them of the engine too; %d events answered 200, %d sent more than once; %d in the stream", kills, engines, len(confirmed), repeated, len(present))
}

// load runs several senders. Most of them retry an event until it is answered 200.
type load struct {
	stop      atomic.Bool
	senders   sync.WaitGroup
	mu        sync.Mutex
	confirmed []string
	repeated  int
}

func startLoad(relay *child, seed uint64) *load {
	l := &load{}
	for sender := range 6 {
		chance := rand.New(rand.NewPCG(seed, uint64(sender)))
		l.senders.Go(func() {
			client := &http.Client{Transport: &http.Transport{}, Timeout: 20 * time.Second}
			defer client.CloseIdleConnections()
			for n := 0; !l.stop.Load(); n++ {
				l.send(client, relay, chance, fmt.Sprintf(`{"event":"open","email":"%d@example.com","bulkId":"%d-%d-%d"}`, chance.IntN(50), seed, sender, n))
			}
		})
	}
	return l
}

func (l *load) send(client *http.Client, relay *child, chance *rand.Rand, body string) {
	for attempt := 1; !l.stop.Load(); attempt++ {
		status, err := tryPost(client, "http://"+relay.address(0)+testPath, body)
		if err == nil && status == http.StatusOK {
			l.mu.Lock()
			l.confirmed = append(l.confirmed, body)
			if attempt > 1 {
				l.repeated++
			}
			l.mu.Unlock()
			if chance.IntN(20) > 0 {
				return // otherwise retry, like a sender that lost the answer
			}
			continue
		}
		if chance.IntN(10) == 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func (l *load) end() (confirmed []string, repeated int) {
	l.stop.Store(true)
	l.senders.Wait()
	return l.confirmed, l.repeated
}
