package cli_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// blocks returns the code blocks of a page in the given language.
func blocks(t *testing.T, language string, path ...string) []string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the pages are written for a Unix shell")
	}
	text, err := os.ReadFile(filepath.Join(append([]string{"..", ".."}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, block := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		found = append(found, block[1])
	}
	if len(found) == 0 {
		t.Fatalf("%v has no code block in %s", path, language)
	}
	return found
}

// shell runs a script in a new home and returns what it prints.
func shell(t *testing.T, script string) string {
	t.Helper()
	home := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", script)
	cmd.Dir, cmd.Env = home, cleanEnv(home)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	return string(out)
}

// TestEventsGuide runs the shell blocks of the guide to events in order. Only the port
// differs.
func TestEventsGuide(t *testing.T) {
	t.Parallel()
	script := "set -e\n" + strings.Join(blocks(t, "sh", "docs", "guides", "events.md"), "")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	script = strings.ReplaceAll(script, "127.0.0.1:8080", address)
	shell(t, strings.ReplaceAll(script, "event listen", "event listen --listen "+address))
}

// TestOutputGuide runs the shell blocks of the guide to output formats.
func TestOutputGuide(t *testing.T) {
	t.Parallel()
	const before = "set -e\nexport SESCTL_LOCAL=1\nsesctl callback set --account https://hooks.example.com:8080/ses\n"
	out := shell(t, before+strings.Join(blocks(t, "sh", "docs", "guides", "output.md"), ""))
	for _, want := range []string{"REQUEST ID", "no senders", "changed  just now", `[{"senders":2,"url":"https://hooks.example.com:8080/ses"}]`} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in %s", want, out)
		}
	}
}

// TestFindFaultsGuide runs the shell blocks of the guide to audit and diagnose, and
// compares its tables with what the commands print.
func TestFindFaultsGuide(t *testing.T) {
	t.Parallel()
	const before = "set -e\nexport SESCTL_LOCAL=1 SESCTL_CONFIG=config.yaml\n" +
		"echo 'profiles: {default: {}, china: {}, global: {region: ap-singapore}}' > config.yaml\n"
	out := shell(t, before+strings.Join(blocks(t, "sh", "docs", "guides", "find-faults.md"), "")+"test -s audit.xml\ncat audit.md\n")
	wanted := append(blocks(t, "text", "docs", "guides", "find-faults.md"), "Profile global:", "| error | silent |", "\nnoreply@mail.example.com\n", "last event 2022-06-01")
	for _, want := range wanted {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in %s", want, out)
		}
	}
}

// TestDeclaredCallbacksGuide runs the shell blocks of the guide to declarations, with
// the account of its example. Between export and review the file is edited as the
// example shows. Questions are answered by --yes.
func TestDeclaredCallbacksGuide(t *testing.T) {
	t.Parallel()
	const before = `set -e
export SESCTL_LOCAL=1
sesctl callback set account https://hooks.example.com:8080/ses
sesctl callback set news@mail.example.com 'https://hooks.example.com:8081/news?token=t0ps3cret'
sesctl callback set noreply@mail.example.com https://hooks.example.com:8081/old
`
	page := strings.Join(blocks(t, "sh", "docs", "guides", "declared-callbacks.md"), "")
	script := strings.NewReplacer(
		"--env secrets.env > callbacks.yaml\n", "--env secrets.env > callbacks.yaml\n"+
			"sesctl callback validate -f callbacks.yaml 2>&1 | grep 'is not set'\nset -a; . ./secrets.env\n"+
			"sed 's|8081/news|8082/news|; s|noreply.*|noreply@mail.example.com: none|' callbacks.yaml > new.yaml\nmv new.yaml callbacks.yaml\n",
		"apply -f callbacks.yaml  ", "apply -f callbacks.yaml --yes ",
		"--expect sha256:…", `--yes --expect "$(sesctl callback plan -f callbacks.yaml --jq .checksum)"`,
		"rollback 1m853aja0", `rollback --yes "$(sesctl callback history news@mail.example.com --jq '.[0].id')"`,
	).Replace(page)
	out := strings.ReplaceAll(shell(t, before+script+"sesctl callback export"), "noreply@", "old@")
	plan, _, _ := strings.Cut(blocks(t, "text", "docs", "guides", "declared-callbacks.md")[0], "…")
	exported := blocks(t, "yaml", "docs", "guides", "declared-callbacks.md")[0]
	for _, want := range []string{plan, "2 applied, 0 failed", "0 applied, 0 failed", exported} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in %s", want, out)
		}
	}
}

// TestCIGuide runs the shell blocks of the guide to CI that need no file of a job.
func TestCIGuide(t *testing.T) {
	t.Parallel()
	const before = "set -e\nexport SESCTL_LOCAL=1 SES_CALLBACK_URL=https://hooks.example.com:8080/ses SESCTL_CONFIG=config.yaml\n" +
		"echo 'profiles: {china: {}, global: {region: ap-singapore}}' > config.yaml\n" +
		"printf 'version: 1\\nprofiles: [china, global]\\n' > callbacks.yaml\n"
	script := strings.Join(blocks(t, "sh", "docs", "guides", "ci.md"), "")
	// The account of the example has no callback at first.
	script = strings.ReplaceAll(script, "--fail-on none,unregistered", "--fail-on none,unregistered || test $? -eq 3")
	script = strings.ReplaceAll(script, "sesctl emulator serve", "unset SESCTL_LOCAL\nsesctl emulator serve")
	out := shell(t, before+script)
	for _, want := range []string{"Profile global", "created account callback: https://hooks.example.com:8080/ses", "no problems", "created account callback: https://localhost:8080/ses"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in %s", want, out)
		}
	}
}

// TestReadme runs the first steps of the README, which need no account.
func TestReadme(t *testing.T) {
	t.Parallel()
	for _, block := range blocks(t, "sh", "README.md") {
		if strings.Contains(block, "export SESCTL_LOCAL=1") {
			if out := shell(t, "set -e\n"+block); !strings.Contains(out, "news@mail.example.com") {
				t.Errorf("it prints %s", out)
			}
			return
		}
	}
	t.Error("the README has no first steps")
}

// TestTutorial runs the tutorial and compares the output of each command. An ellipsis at
// the end stands for the part that the page leaves out.
func TestTutorial(t *testing.T) {
	t.Parallel()
	var script strings.Builder
	script.WriteString("exec 2>&1\nexport SESCTL_LOCAL=1\n")
	var commands, want []string
	for _, block := range blocks(t, "console", "docs", "tutorial", "first-callback.md") {
		for _, part := range regexp.MustCompile(`(?m)^\$ `).Split(block, -1)[1:] {
			command, output, _ := strings.Cut(part, "\n")
			// The separator between two outputs keeps the exit status of the previous
			// command.
			fmt.Fprintf(&script, "status=$?; echo @@; (exit $status)\n%s\n", command)
			commands, want = append(commands, command), append(want, output)
		}
	}
	got := strings.Split(shell(t, script.String()+"true\n"), "@@\n")[1:]
	if len(got) != len(want) {
		t.Fatalf("%d outputs of %d commands: %q", len(got), len(want), got)
	}
	place := regexp.MustCompile(`(?m)^on the local emulator · .*\n`)
	for i, command := range commands {
		got[i] = place.ReplaceAllString(got[i], "") // a folder of this test
		beginning, short := strings.CutSuffix(want[i], "…\n")
		if got[i] != want[i] && (!short || !strings.HasPrefix(got[i], beginning)) {
			t.Errorf("$ %s\nprints:\n%s\nand on the page:\n%s", command, got[i], want[i])
		}
	}
}
