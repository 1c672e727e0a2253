package cli_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// listener is "sesctl event listen" in the background of a script.
type listener struct {
	cmd            *exec.Cmd
	stdout, stderr bytes.Buffer
	read           chan struct{} // closed when stderr has ended
}

// listeners holds the listeners of all scripts, by script and name.
type listeners struct {
	mu      sync.Mutex
	running map[*testscript.TestScript]map[string]*listener
}

// listen starts "sesctl event listen" on a free port, waits until it is ready, and sets
// $NAME to its URL: listen NAME [ARG...]
func (l *listeners) listen(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: listen NAME [ARG...]")
	}
	program, err := exec.LookPath("sesctl")
	ts.Check(err)
	one := &listener{read: make(chan struct{})}
	one.cmd = exec.Command(program, append([]string{"event", "listen", "--listen", "127.0.0.1:0"}, args[1:]...)...)
	one.cmd.Env = buildEnv()
	for _, name := range append(scriptVariables(), "PATH", "HOME", "USERPROFILE", "XDG_CONFIG_HOME", "XDG_STATE_HOME") {
		one.cmd.Env = append(one.cmd.Env, name+"="+ts.Getenv(name))
	}
	one.cmd.Dir = ts.MkAbs(".")
	one.cmd.Stdout = &one.stdout
	stderr, err := one.cmd.StderrPipe()
	ts.Check(err)
	ts.Check(one.cmd.Start())
	ts.Defer(func() {
		end(one.cmd)
		_ = one.cmd.Wait()
	})
	lines := bufio.NewReader(io.TeeReader(stderr, &one.stderr))
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			ts.Fatalf("it does not listen: %s", one.stderr.String())
		}
		if url, ok := strings.CutPrefix(line, "listening on "); ok {
			ts.Setenv(args[0], strings.TrimSpace(url))
			break
		}
	}
	go func() {
		defer close(one.read)
		_, _ = io.Copy(io.Discard, lines)
	}()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.running[ts] == nil {
		l.running[ts] = map[string]*listener{}
	}
	l.running[ts][args[0]] = one
}

// ended waits for the end of a listener, after a signal if one is named. It compares the
// exit status, and writes NAME.out and NAME.err: ended NAME 0
// [INT|TERM|HUP|QUIT|KILL...]
func (l *listeners) ended(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: ended NAME STATUS [SIGNAL...]")
	}
	l.mu.Lock()
	one := l.running[ts][args[0]]
	l.mu.Unlock()
	if one == nil {
		ts.Fatalf("no listener %s", args[0])
	}
	for _, name := range args[2:] {
		signals := map[string]os.Signal{"INT": os.Interrupt, "TERM": syscall.SIGTERM, "KILL": os.Kill, "HUP": syscall.SIGHUP, "QUIT": syscall.SIGQUIT}
		ts.Check(one.cmd.Process.Signal(signals[name]))
	}
	<-one.read
	err := one.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		ts.Check(err)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".out"), one.stdout.Bytes(), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".err"), one.stderr.Bytes(), 0o600))
	if got := strconv.Itoa(one.cmd.ProcessState.ExitCode()); got != args[1] {
		ts.Fatalf("exit status %s, want %s\n%s", got, args[1], one.stderr.String())
	}
}

// request sends a request without a body and compares the status of the answer:
// request GET URL 405 [HOST]. With a host, that is the name in the request.
func request(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 || len(args) > 4 {
		ts.Fatalf("usage: request METHOD URL STATUS [HOST]")
	}
	r, err := http.NewRequest(args[0], args[1], nil)
	ts.Check(err)
	if len(args) == 4 {
		r.Host = args[3]
	}
	response, err := http.DefaultClient.Do(r)
	ts.Check(err)
	response.Body.Close()
	if got := strconv.Itoa(response.StatusCode); got != args[2] {
		ts.Fatalf("answered %s, want %s", got, args[2])
	}
}
