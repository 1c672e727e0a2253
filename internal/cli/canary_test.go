package cli

import (
	"bytes"
	"context"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"github.com/sesctl/sesctl/internal/emulator"
)

// canary is a word that is in every secret of these tests, and nowhere else.
const canary = "CANARY7f3a"

// canaryURL is a callback URL with a secret in each part that is hidden.
const canaryURL = "https://user:" + canary + "pw@hooks.example.com:8080/ses;key=" + canary + "?token=" + canary + "&b=" + canary

// canaryRun runs a command in a home folder, with secrets in every variable that may have
// one.
func canaryRun(t *testing.T, home string, more map[string]string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	variables := map[string]string{
		"HOME": home, "USERPROFILE": home, "XDG_STATE_HOME": home, "XDG_CONFIG_HOME": home, "SESCTL_ENDPOINT": "http://127.0.0.1:1",
		"TENCENTCLOUD_SECRET_ID": "AKID" + canary, "TENCENTCLOUD_SECRET_KEY": canary + "key", "TENCENTCLOUD_TOKEN": canary + "token",
		"HTTPS_PROXY": "http://user:" + canary + "@127.0.0.1:1", "NEWS_TOKEN": canary, "TERM": "dumb",
	}
	for name, value := range more {
		variables[name] = value
	}
	var out, errs bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	status = Main(ctx, Env{Args: args, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Now: time.Now,
		Getenv: func(name string) string { return variables[name] }, LookupEnv: func(name string) (string, bool) { value, set := variables[name]; return value, set }})
	return status, out.String(), errs.String()
}

// TestURLInTheWrongPlace gives a callback URL to every flag that has a value, and as an
// argument, to every command. Errors must not repeat its secrets.
func TestURLInTheWrongPlace(t *testing.T) {
	t.Parallel()
	home := canaryHome(t)
	root := newRoot(newApp(Env{Getenv: func(string) string { return "" }}))
	for _, path := range runnable(root) {
		plain, known := plainCalls()[path]
		if !known {
			continue
		}
		cmd, _, err := root.Find(strings.Fields(path))
		if err != nil {
			t.Fatal(err)
		}
		call := strings.Fields(strings.ReplaceAll(path+" "+plain, "HOME", home))
		if path == "emulator serve" || path == "event listen" { // they must end soon
			call = append(call, "--listen", "no port")
		}
		check := func(name string, args ...string) {
			t.Run(path+" "+name, func(t *testing.T) {
				t.Parallel()
				status, stdout, stderr := canaryRun(t, home, nil, args...)
				if status != 2 && strings.HasPrefix(name, "--template") {
					stdout = "" // it is the text that was asked for
				}
				if strings.Contains(stdout+stderr, canary) {
					t.Errorf("exit status %d, and it shows the secret:\n%s\n%s", status, stdout, stderr)
				}
			})
		}
		check("argument", append(call, canaryURL)...)
		check("argument without the rest", append(strings.Fields(path), canaryURL)...)
		check("unknown flag", append(call, "--"+canaryURL)...)
		check("unknown flag with a value", append(call, "--no-such-flag="+canaryURL)...)
		flags := func(f *pflag.Flag) {
			if f.Value.Type() != "bool" && f.Name != "help" {
				check("--"+f.Name, append(call, "--"+f.Name, canaryURL)...)
				check("--"+f.Name+"=", append(call, "--"+f.Name+"="+canaryURL)...)
				check("--"+f.Name+" NAME=", append(call, "--"+f.Name, "name="+canaryURL)...)
			} else {
				check("--"+f.Name+"=", append(call, "--"+f.Name+"="+canaryURL)...)
			}
		}
		cmd.LocalNonPersistentFlags().VisitAll(flags)
		cmd.InheritedFlags().VisitAll(flags)
	}
}

// secretWords are in credentials and in the password of a proxy. No output and no file has
// them.
func secretWords() []string {
	return []string{"AKID" + canary, canary + "key", canary + "token", canary + "proxy"}
}

// canaryCalls are calls of every command that reads or writes an account, in an order in
// which they work. The result whole has the calls that print URLs in full in every form.
func canaryCalls(home, receiver string) (calls, whole []string) {
	x := func(name string) string { return filepath.Join(home, name) }
	return []string{
			"callback set account " + receiver, "callback set news@mail.example.com " + receiver + "&c=d", "callback set news@mail.example.com " + receiver,
			"callback set news@mail.example.com " + receiver + " --replace", "callback set account " + receiver + "2 --expect " + receiver + "9",
			"callback list", "callback resolve --all --explain", "callback resolve noreply@mail.example.com", "sender list",
			"callback check --all --no-post", "callback check --all", "callback audit", "callback audit -f " + x("x.yaml"),
			"callback diagnose news@mail.example.com", "callback validate -f " + x("x.yaml"), "callback validate " + receiver + "%zz",
			"callback plan -f " + x("x.yaml") + " --out " + x("plan.json") + " --report junit=" + x("r.xml"),
			"callback plan -f " + x("x.yaml") + " --prune --report sarif=" + x("r.sarif"), "callback plan -f " + x("bad.yaml"),
			"callback apply " + x("plan.json"), "callback apply " + x("plan.json") + " --yes", "callback apply " + x("plan.json") + " --yes",
			"callback apply -f " + x("x.yaml") + " --yes --verify", "callback history", "callback history --everywhere", "callback list --from-history",
			"callback rollback 1 --yes", "callback restore", "doctor", "api list", "api probe", "api learn " + x("x.har") + " --dry-run",
			"profile list", "profile show", "event trigger bounce --account", "event trigger --all --to " + receiver, "event replay " + x("x.jsonl") + " --account",
			"event list " + x("x.jsonl"), "event listen --listen 0 --for 1ms --save " + x("events.jsonl") + " --forward " + receiver,
			"event listen --listen 0 --for 1ms --borrow https://hooks.example.com:8082/x?token=" + canary + " account",
			"event listen --listen 0 --for 1ms --borrow " + receiver + " account",
			"emulator deliveries", "emulator faults", "callback delete news@mail.example.com --yes", "callback delete account", "callback delete account --yes", "callback delete account --yes",
		}, []string{
			"callback get account", "callback export", "callback export --env " + x("secrets.env"),
		}
}

// TestSecretsInEveryForm runs the commands in every form of output, with a secret in each
// callback, in the credentials and in the proxy.
func TestSecretsInEveryForm(t *testing.T) {
	t.Parallel()
	for form, shown := range map[string]bool{ // whether the form shows URLs in full
		"": false, "-v": false, "-o wide": false, "--no-color": false, "--lang zh-CN": false,
		"-q": true, "-o json": true, "-o yaml": true, "--jq .": true, "--template {{.|json}}": true, "-v -o json": true,
	} {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			home := canaryHome(t)
			e, err := emulator.Open(t.Context(), emulator.Options{Keys: map[string]string{"AKID" + canary: canary + "key"}})
			if err != nil {
				t.Fatal(err)
			}
			server := httptest.NewServer(e)
			defer server.Close()
			more := map[string]string{
				"SESCTL_ENDPOINT": server.URL, "TENCENTCLOUD_SECRET_ID": "AKID" + canary, "TENCENTCLOUD_SECRET_KEY": canary + "key",
				"TENCENTCLOUD_TOKEN": canary + "token", "HTTPS_PROXY": "http://user:" + canary + "proxy@127.0.0.1:1",
			}
			receiver := "https://127.0.0.1:8080/ses;key=" + canary + "?token=" + canary
			calls, whole := canaryCalls(home, receiver)
			for i, call := range append(calls[:5:5], append(whole, calls[5:]...)...) {
				status, stdout, stderr := canaryRun(t, home, more, strings.Fields(call+" "+form)...)
				if i == 0 && status != 0 {
					t.Fatalf("exit status %d: %s", status, stderr)
				}
				for _, word := range secretWords() {
					if strings.Contains(stdout+stderr, word) {
						t.Errorf("%s: exit status %d, and it shows %s:\n%s\n%s", call, status, word, stdout, stderr)
					}
				}
				if strings.Contains(stderr, canary) || !shown && !slices.Contains(whole, call) && strings.Contains(stdout, canary) {
					t.Errorf("%s: exit status %d, and it shows a callback URL:\n%s\n%s", call, status, stdout, stderr)
				}
			}
			for _, bad := range writtenSecrets(t, home) {
				t.Errorf("a secret is in %s", bad)
			}
		})
	}
}

// canaryHome returns a home folder with the files that [plainCalls] names.
func canaryHome(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	for name, content := range map[string]string{
		"x.yaml":      "version: 1\naccount: https://hooks.example.com:8080/ses?token=${NEWS_TOKEN}\n",
		"bad.yaml":    "version: 1\naccount: " + canaryURL + "\naccount: [" + canaryURL + "]\n",
		"config.yaml": "profiles:\n  default:\n    allowed_ports: [8080, 8082]\n",
		"x.jsonl":     `{"event":"open","email":"a@example.com"}` + "\n",
		"x.har":       "curl 'https://ses.tencentcloudapi.com/?Action=GetWebhookUrl' -H 'cookie: skey=" + canary + "'\n",
	} {
		if err := os.WriteFile(filepath.Join(home, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return home
}

// writtenSecrets returns the files below a folder whose names have the canary, that have a
// secret word, or that others can read although they have a callback URL.
func writtenSecrets(t *testing.T, folder string) (bad []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if strings.Contains(path, canary) {
			bad = append(bad, path)
		}
		if !info.Mode().IsRegular() {
			return nil
		}
		content, err := os.ReadFile(path)
		for _, word := range secretWords() {
			if strings.Contains(string(content), word) {
				bad = append(bad, path+": "+word)
			}
		}
		if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 && strings.Contains(string(content), canary) {
			bad = append(bad, path+" "+info.Mode().String())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return bad
}
