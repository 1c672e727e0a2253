package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// plainCalls are calls of every command that are correct. Flags are added to them.
func plainCalls() map[string]string {
	return map[string]string{
		"api learn": "HOME/x.har --dry-run", "api list": "", "api probe": "--dry-run",
		"callback apply": "-f HOME/x.yaml --yes", "callback audit": "", "callback check": "--all", "callback delete": "account --yes", "callback diagnose": "a@example.com",
		"callback export": "", "callback get": "account", "callback history": "", "callback list": "", "callback plan": "-f HOME/x.yaml",
		"callback resolve": "--all", "callback restore": "", "callback rollback": "1 --yes", "callback rules": "", "callback schema": "",
		"callback set": "account https://hooks.example.com:8080/", "callback validate": "https://hooks.example.com:8080/",
		"completion bash": "", "completion fish": "", "completion powershell": "", "completion zsh": "",
		"doctor": "", "emulator deliveries": "", "emulator faults": "", "emulator reset": "", "emulator serve": "--listen 0 --memory",
		"event list": "HOME/x.jsonl", "event listen": "--listen 0", "event replay": "HOME/x.jsonl --account", "event sample": "bounce", "event show": "HOME/x.jsonl 1",
		"event trigger": "bounce --account", "event types": "", "profile list": "", "profile show": "", "sender list": "", "version": "",
	}
}

// wrongValues are values of the global flags that a command which heeds the flag refuses
// before it does anything.
func wrongValues() map[string]string {
	return map[string]string{
		"local-state": "https://hooks.example.com/", "profile": "nowhere", "endpoint": "ftp://x", "region": "no region", "timeout": "0s",
		"lang": "xx", "output": "xml", "columns": "no-such-column", "jq": "(", "template": "{{",
	}
}

// switches are the global flags that have no value. They change only how something is
// printed, except --local, which TestEveryFlagIsHeededOrRefused judges.
func switches() []string {
	return []string{"local", "verbose", "quiet", "show-urls", "no-color", "help"}
}

// TestEveryGlobalFlagIsJudged gives every command each global flag with a wrong value. A
// command that takes the flag and does not look at it ends with another status than 2.
func TestEveryGlobalFlagIsJudged(t *testing.T) {
	t.Parallel()
	root := newRoot(newApp(Env{Getenv: func(string) string { return "" }}))
	wrong, plain := wrongValues(), plainCalls()
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) {
		if _, known := wrong[f.Name]; !known && !slices.Contains(switches(), f.Name) {
			t.Errorf("--%s is new: add a value that every command must refuse to wrongValues, or the flag to switches", f.Name)
		}
	})
	home := t.TempDir()
	for name, content := range map[string]string{
		"x.yaml": "version: 1\n", "x.jsonl": `{"event":"open","email":"a@example.com"}` + "\n",
		"x.har": "curl 'https://ses.tencentcloudapi.com/?Action=GetWebhookUrl'\n",
	} {
		if err := os.WriteFile(filepath.Join(home, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range runnable(root) {
		arguments, known := plain[path]
		if !known {
			if path != "exit-status" && path != "options" { // topics of help
				t.Errorf("%s is new: add a correct call of it to plainCalls", path)
			}
			continue
		}
		for flag, value := range wrong {
			t.Run(path+" --"+flag, func(t *testing.T) {
				t.Parallel()
				if reported := map[string]string{"doctor": "profile endpoint region", "profile list": "profile"}[path]; slices.Contains(strings.Fields(reported), flag) {
					t.Skip("it reports the value as a finding") // in the scripts doctor and profiles
				}
				if status, stderr := judge(t, home, append(strings.Fields(strings.ReplaceAll(path+" "+arguments, "HOME", home)), "--"+flag+"="+value)); status != 2 || !strings.Contains(stderr, flag) && !strings.Contains(stderr, value) {
					t.Errorf("exit status %d, want 2 and an error about the flag: %s", status, stderr)
				}
			})
		}
	}
}

// judge runs a command with a home folder that has nothing in it.
func judge(t *testing.T, home string, args []string) (status int, stderr string) {
	t.Helper()
	var errs bytes.Buffer
	variables := map[string]string{"HOME": home, "USERPROFILE": home, "XDG_STATE_HOME": home, "XDG_CONFIG_HOME": home, "HTTPS_PROXY": "http://127.0.0.1:1"}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	status = Main(ctx, Env{Args: args, Stdin: strings.NewReader(""), Stdout: new(bytes.Buffer), Stderr: &errs, Now: time.Now,
		Getenv: func(name string) string { return variables[name] }})
	return status, errs.String()
}

// TestEveryFlagHasATest checks that a script or a test calls each command with each of its
// own flags.
func TestEveryFlagHasATest(t *testing.T) {
	t.Parallel()
	calls := testedCalls(t)
	root := newRoot(newApp(Env{Getenv: func(string) string { return "" }}))
	for _, path := range runnable(root) {
		cmd, _, err := root.Find(strings.Fields(path))
		if err != nil {
			t.Fatal(err)
		}
		cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			if f.Name != "help" && !f.Hidden && !slices.ContainsFunc(calls, func(call string) bool { return callsWith(call, cmd, f) }) {
				t.Errorf("no script or test calls 'sesctl %s' with --%s", path, f.Name)
			}
		})
	}
}

// testedCalls returns the lines of the scripts and tests of this package, without
// quotation marks and commas.
func testedCalls(t *testing.T) []string {
	t.Helper()
	var lines []string
	for _, pattern := range []string{"testdata/script/*.txtar", "*_test.go"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			t.Fatal(pattern, err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if filepath.Base(path) != "everyflag_test.go" {
				lines = append(lines, strings.Split(strings.NewReplacer(`"`, "", ",", "", "'", "", "\\\n", "").Replace(string(text)), "\n")...)
			}
		}
	}
	return lines
}

// callsWith reports whether a line calls a command with a flag. The scripts have the
// commands listen and serve of their own.
func callsWith(line string, cmd *cobra.Command, f *pflag.Flag) bool {
	_, path, _ := strings.Cut(cmd.CommandPath(), " ")
	words := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t=()[]{}`", r) })
	own := len(words) > 0 && words[0] == cmd.Name() && (cmd.Name() == "listen" || cmd.Name() == "serve")
	return (own || strings.Contains(" "+strings.Join(words, " ")+" ", " "+path+" ")) &&
		(slices.Contains(words, "--"+f.Name) || f.Shorthand != "" && slices.Contains(words, "-"+f.Shorthand))
}
