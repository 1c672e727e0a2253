package relaycli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
)

func run(t *testing.T, env map[string]string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = Main(t.Context(), Env{Args: args, Stdout: &out, Stderr: &errs, Getenv: func(name string) string { return env[name] }})
	return status, out.String(), errs.String()
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestWrongUsage checks that wrong usage has exit status 2, a reason and a hint, and
// that no secret is repeated.
func TestWrongUsage(t *testing.T) {
	t.Parallel()
	const path, to = "--path=/ses/0123456789abcdef", "--to=nats://127.0.0.1:1/x"
	for _, c := range []struct {
		name string
		args []string
		env  map[string]string
		want string
	}{
		{"nothing", nil, nil, "missing path"},
		{"no engine", []string{path}, nil, "missing engine"},
		{"a password", []string{path, "--to=nats://me:s3cret@h/x"}, nil, "contains a user name or a password"},
		{"a token", []string{path, "--to=nats://s3cret@h/x"}, nil, "contains a user name or a password"},
		{"a password for dead letters", []string{path, to, "--dead-letter=nats://me:s3cret@h/y"}, nil, "--dead-letter: the URL contains"},
		{"a scheme", []string{path, "--to=http://s3cret.example.com/x"}, nil, "the scheme is not nats or kafka"},
		{"a path with a query", []string{"--path=/ses?token=s3cret", to}, nil, "invalid path"},
		{"a path with a placeholder", []string{"--path=/ses/${TOKEN}", to}, nil, "a placeholder that was not replaced"},
		{"a path without a slash", []string{"--path=s3cret", to}, nil, "invalid path"},
		{"two names", []string{path, to, to}, nil, "two engines have the name nats-x"},
		{"path and file", []string{path, "--path-file=x", to}, nil, "cannot be used together"},
		{"half a certificate", []string{path, to, "--tls-cert=x"}, nil, "must be given together"},
		{"a size", []string{path, to, "--spool-max=lots"}, nil, "size"},
		{"a size of 0", []string{path, to, "--spool-max=0"}, nil, "size"},
		{"a small size", []string{path, to, "--spool-max=1MiB"}, nil, "at least 2MiB"},
		{"an address", []string{path, to, "--listen=here"}, nil, "--listen: it is not HOST:PORT"},
		{"an address of metrics", []string{path, to, "--metrics=h:x"}, nil, "--metrics: it is not HOST:PORT"},
		{"a level", []string{path, to, "--log-level=loud"}, nil, "--log-level"},
		{"a timeout", []string{path, to, "--publish-timeout=0s"}, nil, "more than zero"},
		{"an argument", []string{path, to, "more"}, nil, "takes no arguments"},
		{"a flag", []string{"--nope"}, nil, "unknown flag"},
		{"a size in the environment", []string{path, to}, map[string]string{"SESCTL_RELAY_SPOOL_MAX": "s3cret"}, "SESCTL_RELAY_SPOOL_MAX: it is not a size"},
		{"a number in the environment", []string{path, to}, map[string]string{"SESCTL_RELAY_MAX_CONNECTIONS": "s3cret"}, "SESCTL_RELAY_MAX_CONNECTIONS"},
		{"an empty file", []string{"--path-file=" + write(t, "\n \n"), to}, nil, "is empty"},
		{"a key", []string{"--config=" + write(t, "listen: :0\npaht: s3cret\n")}, nil, `line 2: unknown key "paht"`},
		{"a key with a dash", []string{"--config=" + write(t, "spool-max: 1GiB\n")}, nil, `unknown key "spool-max"`},
		{"a key twice", []string{"--config=" + write(t, "listen: :0\nlisten: :1\n")}, nil, "listen"},
		{"a list", []string{"--config=" + write(t, "listen: [a, b]\n")}, nil, "line 1: listen has a value of the wrong kind"},
		{"a value", []string{"--config=" + write(t, "\nspool_max: s3cret\n")}, nil, "line 2: spool_max: it is not a size"},
		{"another document", []string{"--config=" + write(t, "listen: :0\n---\nlisten: :1\n")}, nil, "a second document"},
		{"no mapping", []string{"--config=" + write(t, "- s3cret\n")}, nil, "does not contain keys"},
		{"no YAML", []string{"--config=" + write(t, "a: [s3cret\n")}, nil, "line 2, column 1: not valid YAML: a list in [ ] is not complete"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			status, stdout, stderr := run(t, c.env, append([]string{"serve"}, c.args...)...)
			if status != 2 || !strings.Contains(stderr, c.want) || !strings.HasPrefix(stderr, "sesctl-relay: ") || stdout != "" {
				t.Errorf("status %d, %s", status, stderr)
			}
			if strings.Contains(stderr, "s3cret") {
				t.Errorf("the secret is repeated: %s", stderr)
			}
		})
	}
}

// TestFailures checks that unreadable files and unavailable addresses are failures.
func TestFailures(t *testing.T) {
	t.Parallel()
	const path, to = "--path=/ses/0123456789abcdef", "--to=nats://127.0.0.1:1/x"
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"path file":   {[]string{"--path-file=/does/not/exist", to}, "/does/not/exist"},
		"engine file": {[]string{path, "--to-file=/does/not/exist"}, "/does/not/exist"},
		"config":      {[]string{"--config=/does/not/exist"}, "/does/not/exist"},
		"certificate": {[]string{path, to, "--tls-cert=/does/not/exist", "--tls-key=/x"}, "read the certificate"},
		"authorities": {[]string{path, to, "--engine-ca=/does/not/exist", "--listen=127.0.0.1:0"}, "certificate authorities"},
		"credentials": {[]string{path, to, "--nats-creds=/does/not/exist", "--listen=127.0.0.1:0"}, "read the NATS credentials"},
		"address":     {[]string{path, to, "--listen=192.0.2.1:1"}, "cannot listen on 192.0.2.1:1"},
		"spool":       {[]string{path, to, "--listen=127.0.0.1:0", "--spool=/dev/null/x"}, "open the spool"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, _, stderr := run(t, nil, append([]string{"serve"}, c.args...)...)
			if status != 1 || !strings.Contains(stderr, c.want) {
				t.Errorf("status %d, %s", status, stderr)
			}
		})
	}
}

// TestSources checks that a flag overrides the environment, and the environment
// overrides the file.
func TestSources(t *testing.T) {
	t.Parallel()
	file := write(t, `
listen: 127.0.0.1:1
metrics: 9090
spool_max: 3GiB
path: /ses/from-the-file
to:
  - nats://user:password@a,b/file.one
  - kafka://c/file.two
max_connections: 7
shutdown_timeout: 3s
`)
	env := map[string]string{"SESCTL_RELAY_CONFIG": file, "SESCTL_RELAY_LISTEN": "127.0.0.1:2", "SESCTL_RELAY_MAX_CONNECTIONS": "8",
		"SESCTL_RELAY_PATH": "/ses/one /ses/two", "SESCTL_RELAY_DEAD_LETTER": "nats://token@h/dead", "SESCTL_RELAY_SERVICE_HOST": "10.0.0.1", "SESCTL_RELAY_PORT": "tcp://10.0.0.1:8080"}
	var s settings
	cmd := &cobra.Command{Use: "serve"}
	s.add(cmd)
	if err := cmd.ParseFlags([]string{"--listen", "127.0.0.1:3", "--publish-timeout", "9s"}); err != nil {
		t.Fatal(err)
	}
	o, err := s.read(cmd, func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	if o.Listen != "127.0.0.1:3" || o.Metrics != "127.0.0.1:9090" || o.SpoolMax != 3<<30 || o.MaxConnections != 8 || o.Shutdown != 3*time.Second || o.Engine.Timeout != 9*time.Second {
		t.Errorf("%+v", o)
	}
	if !slices.Equal(o.Paths, []string{"/ses/one", "/ses/two"}) {
		t.Errorf("paths %v", o.Paths)
	}
	if len(o.To) != 2 || o.To[0].Password != "password" || o.To[1].Subject != "file.two" || o.DeadLetter == nil || o.DeadLetter.User != "token" {
		t.Errorf("engines %+v, %+v", o.To, o.DeadLetter)
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{"1024": 1024, "5B": 5, "2GiB": 2 << 30, "2Gi": 2 << 30, "2gib": 2 << 30, "500MB": 500e6, "3 MiB": 3 << 20} {
		var s size
		if err := s.Set(text); err != nil || int64(s) != want {
			t.Errorf("%s: %d, %v", text, s, err)
		}
		var again size
		if err := again.Set(s.String()); err != nil || again != s {
			t.Errorf("%s is written as %s", text, s.String())
		}
	}
	for _, text := range []string{"", "GiB", "-1", "0", "1.5GiB", "9999999999TiB", "1 2"} {
		if new(size).Set(text) == nil {
			t.Errorf("%q is a size", text)
		}
	}
}

// TestCheck checks that an engine that is not available gives exit status 3, and that
// the JSON is valid.
func TestCheck(t *testing.T) {
	t.Parallel()
	args := []string{"check", "--path=/ses/0123456789abcdef", "--to=nats://127.0.0.1:1/x", "--publish-timeout=100ms", "--spool=" + t.TempDir(), "-o", "json"}
	status, stdout, stderr := run(t, nil, args...)
	var found []map[string]string
	if err := json.Unmarshal([]byte(stdout), &found); err != nil || status != 3 {
		t.Fatalf("status %d, %v: %s%s", status, err, stdout, stderr)
	}
	statuses := map[string]string{}
	for _, f := range found {
		statuses[f["check"]] = f["status"]
	}
	if statuses["configuration"] != "ok" || statuses["spool"] != "ok" || statuses["engine nats-x"] != "fail" || statuses["public URL"] != "skip" {
		t.Errorf("%s", stdout)
	}
	var failed map[string]map[string]string
	if err := json.Unmarshal([]byte(stderr), &failed); err != nil || failed["error"]["kind"] != "finding" {
		t.Errorf("stderr %s", stderr)
	}
	if hint, exists := failed["error"]["hint"]; exists {
		t.Errorf("hint %q: an empty one is left out", hint)
	}
	if strings.Contains(stdout+stderr, "0123456789abcdef") {
		t.Error("the token is shown")
	}
	if status, _, stderr := run(t, nil, "check", "-o", "xml"); status != 2 || !strings.Contains(stderr, "xml") {
		t.Errorf("status %d, %s", status, stderr)
	}
}

func TestHelpAndVersion(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"--help"}, {"serve", "--help"}, {"version"}, {"help", "check"}} {
		if status, stdout, stderr := run(t, nil, args...); status != 0 || stdout == "" || stderr != "" {
			t.Errorf("%v: status %d, %s", args, status, stderr)
		}
	}
	if status, _, stderr := run(t, nil, "bogus"); status != 2 || !strings.Contains(stderr, "unknown command") {
		t.Errorf("bogus: status %d, %s", status, stderr)
	}
}

// TestServeEnds checks that the exit status is 0 after a requested stop.
func TestServeEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var out, errs bytes.Buffer
	time.AfterFunc(500*time.Millisecond, cancel)
	status := Main(ctx, Env{Args: []string{"serve", "--listen", "127.0.0.1:0", "--path", "/ses/0123456789abcdef", "--to", "nats://127.0.0.1:1/x", "--spool", t.TempDir()},
		Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" }})
	if status != 0 || out.Len() > 0 {
		t.Errorf("status %d, %s", status, out.String())
	}
	for line := range strings.Lines(errs.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("not JSON: %s", line)
		}
	}
	if !strings.Contains(errs.String(), "the path is on the command line") || strings.Contains(errs.String(), "0123456789abcdef") {
		t.Errorf("the log: %s", errs.String())
	}
}
