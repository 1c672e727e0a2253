package cli_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/cli"
)

// TestExamples runs the example of every command on the embedded emulator, with one
// callback for the account and one for a sender. Examples read as a user types them;
// adapt changes them so that they run in a test.
func TestExamples(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the examples are written for a Unix shell")
	}
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		if cmd.Example != "" {
			t.Run(cmd.CommandPath(), func(t *testing.T) {
				t.Parallel()
				runExample(t, cmd.Example)
			})
		} else if cmd.Runnable() && !cmd.HasSubCommands() && cmd.Parent().Name() != "completion" && cmd.Name() != "help" {
			t.Errorf("%s has no example", cmd.CommandPath())
		}
		for _, child := range cmd.Commands() {
			walk(child)
		}
	}
	walk(cli.Root(quietEnv()))
}

func runExample(t *testing.T, example string) {
	t.Helper()
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer receiver.Close()
	home := t.TempDir()
	event := `{"received":"2026-11-01T08:00:00Z","body":{"event":"open","email":"jane@example.com"}}` + "\n"
	if err := os.WriteFile(filepath.Join(home, "events.jsonl"), []byte(event), 0o600); err != nil {
		t.Fatal(err)
	}
	capture := "curl 'https://console-hc.cloud.tencent.com/_api/ses/SaveHook' --data-raw '{\"cmd\":\"SaveHook\",\"serviceType\":\"ses\",\"data\":{\"HookUrl\":\"https://hooks.example.com:8080/ses\"}}'"
	if err := os.WriteFile(filepath.Join(home, "console.har"), []byte(capture), 0o600); err != nil {
		t.Fatal(err)
	}
	script := `set -e
sesctl callback set --account https://hooks.example.com:8080/ses >/dev/null
sesctl callback set --sender news@mail.example.com https://hooks.example.com:8081/news >/dev/null
ID=$(sesctl callback history -q | head -n 1)
set -x
` + adapt(example, receiver.URL)
	cmd := exec.Command("sh", "-c", script)
	cmd.Dir = home
	cmd.Env = append(cleanEnv(home), "SESCTL_LOCAL=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// adapt changes an example so that it runs without a user. It ends commands that run
// until they are stopped, listens on a free port, and confirms questions. It accepts
// exit status 3 after a comment that names it. It uses a receiver and a history entry
// that exist.
func adapt(example, receiver string) string {
	var out strings.Builder
	finding := false
	for line := range strings.Lines(strings.NewReplacer("http://127.0.0.1:8080", receiver, "1m853aja0", `"$ID"`).Replace(example)) {
		line = strings.TrimSpace(line)
		command, arguments, _ := strings.Cut(strings.TrimPrefix(line, "sesctl "), " ")
		verb, _, _ := strings.Cut(arguments, " ")
		if strings.HasSuffix(line, "&") {
			verb = "" // the example itself ends it
		}
		switch command + " " + verb {
		case "event listen":
			line += " --listen 127.0.0.1:0 --for 100ms"
		case "emulator serve":
			line += " --listen 127.0.0.1:0 >url.txt & until test -s url.txt; do sleep 0.1; done; kill $!; wait $!; rm url.txt"
		case "callback check":
			line = strings.Replace(line, "https://hooks.example.com:8080", receiver, 1)
		case "callback apply", "callback delete", "callback rollback", "api learn":
			line = strings.Replace(line, " --profile global", "", 1)
			line += " --yes"
			if strings.Contains(line, "--cloudaudit") {
				line = "sesctl api learn --help" // the emulator keeps no audit log
			}
		case "callback audit":
			line = strings.Replace(line, " --all-profiles", "", 1)
		case "relay check", "relay serve":
			line = "sesctl relay --help || test $? -eq 1" // sesctl-relay is not in the PATH, or is another version
		case "api list", "api probe":
			line = strings.Replace(line, " --profile global", "", 1)
		}
		if line == "" || strings.HasPrefix(line, "#") {
			finding = strings.Contains(strings.ToLower(line), "exit status 3")
		} else if finding {
			line += " || test $? -eq 3"
		}
		out.WriteString(line + "\n")
	}
	return out.String()
}
