package relaycli

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// before defines what the guide needs besides the two programs: an engine, and the
// commands that read it. %NATS% is the address of the engine.
const before = `set -eu
on_exit() { for pid in $pids; do kill "$pid" 2>/dev/null || true; done; wait; }
pids=; trap on_exit EXIT
export SESCTL_LOCAL=1
engine() {
	: >engine.txt # of an engine before this one
	natsd -keep -port %NATS_PORT% "$HOME/stream" 2>engine.txt & engine=$!; pids="$pids $engine"
	until grep -q listening engine.txt; do sleep 0.1; done
}
nats() { echo "nats $*"; case "$*" in 'stream get'*) relaydemo read %NATS% 8;; esac; }
curl() { relaydemo get "$2"; }
openssl() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }
go() { echo "go $*"; }
engine
`

// TestRelayGuide runs the shell blocks of the guide in their order. The addresses are
// other ones, the relay runs in the background, and the engine is away for the last
// block, as the page asks for.
func TestRelayGuide(t *testing.T) {
	t.Parallel()
	if testing.Short() || runtime.GOOS == "windows" {
		t.Skip("it builds four programs, and the page is written for a Unix shell")
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "guides", "relay.md"))
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		blocks = append(blocks, block[1])
	}
	if len(blocks) < 6 {
		t.Fatalf("the guide has %d shell blocks", len(blocks))
	}
	last := len(blocks) - 1
	script := before + strings.Join(blocks[:last], "") +
		"kill $engine; wait $engine || true\n" + blocks[last] + "echo; engine; relaydemo read %NATS% 1081 | grep -c com.tencent.ses\n"
	out := runGuide(t, script)
	for _, want := range []string{
		"go install github.com/sesctl/sesctl/cmd/sesctl-relay@latest",
		"nats stream add SES --subjects ses.> --storage file --dupe-window 24h",
		"created account callback: http://127.0.0.1:", "spooling", "com.tencent.ses.delivered",
		"\n1081\n", // the sample of check, 80 events of which each was sent twice, and 1000 from the spool
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in %s", want, out)
		}
	}
	for _, row := range []string{"configuration +ok", "certificate +skip", "spool +ok", "engine .* +ok", "post +ok"} {
		if !regexp.MustCompile(row).MatchString(out) {
			t.Errorf("check has no row %q in %s", row, out)
		}
	}
}

// runGuide runs a script in a new home, with the addresses of this test.
func runGuide(t *testing.T, script string) string {
	t.Helper()
	home, programs := t.TempDir(), t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", programs+"/",
		"./cmd/sesctl", "./cmd/sesctl-relay", "./bench/natsd", "./bench/relaydemo")
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	public, metrics, nats := freeAddress(t), freeAddress(t), freeAddress(t)
	_, natsPort, _ := net.SplitHostPort(nats)
	_, publicPort, _ := net.SplitHostPort(public)
	config := filepath.Join(home, "config.yaml")
	if err := os.WriteFile(config, []byte("profiles: {default: {allowed_ports: ["+publicPort+"]}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	script = strings.NewReplacer(
		// The relay answers before the next line, and stays until the script ends.
		"--metrics 127.0.0.1:9090", "--metrics "+metrics+" --listen "+public+" &\npids=\"$pids $!\"\n"+
			"until relaydemo get http://"+metrics+"/readyz 2>&1 | grep -q '\"up\"'; do sleep 0.1; done",
		// The rule about ports refuses the address of this test.
		"--public-url https://hooks.example.com:8080", "--public-url http://"+public+" || test $? -eq 3",
		"https://hooks.example.com:8080", "http://"+public, "127.0.0.1:4222", nats, "127.0.0.1:9090", metrics,
		"/var/lib/sesctl-relay", "spool", "%NATS_PORT%", natsPort, "%NATS%", nats,
	).Replace(script)
	cmd := exec.CommandContext(t.Context(), "sh", "-c", script)
	cmd.Dir = home
	cmd.Env = []string{"HOME=" + home, "SESCTL_CONFIG=" + config, "PATH=" + programs + string(os.PathListSeparator) + os.Getenv("PATH")}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	return string(out)
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
