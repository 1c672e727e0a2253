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

// edition is a language of the pages, and the folder of its pages.
type edition struct{ language, folder string }

func (e edition) page(path ...string) []string {
	return append(strings.Split(e.folder, "/"), path...)
}

// inEachLanguage runs a test on the English page and on its Chinese page. A Chinese page
// shows what the commands print in Chinese.
func inEachLanguage(t *testing.T, test func(t *testing.T, e edition)) {
	t.Parallel()
	for _, e := range []edition{{"en", "docs"}, {"zh-CN", "docs/zh"}} {
		t.Run(e.language, func(t *testing.T) {
			t.Parallel()
			test(t, e)
		})
	}
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
// differs. The listing on the page is what the first listener prints, except for times.
func TestEventsGuide(t *testing.T) {
	inEachLanguage(t, func(t *testing.T, e edition) {
		page := e.page("guides", "events.md")
		script := "set -e\nexport SESCTL_LANG=" + e.language + "\n" + strings.Join(blocks(t, "sh", page...), "")
		address := freeAddress(t)
		script = strings.ReplaceAll(script, "127.0.0.1:8080", address)
		out := shell(t, strings.ReplaceAll(script, "event listen", "event listen --listen "+address))
		times := regexp.MustCompile(`(?m)^\d\d:\d\d:\d\d|\d+(\.\d+)?m?s| +`)
		out = times.ReplaceAllString(out, " ")
		for _, line := range strings.Split(blocks(t, "text", page...)[0], "\n") {
			if want := times.ReplaceAllString(line, " "); line != "…" && !strings.Contains(out, want+"\n") {
				t.Errorf("no %q in %s", want, out)
			}
		}
	})
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// TestBorrowOnThePage compares what a loan prints with the guide to events.
func TestBorrowOnThePage(t *testing.T) {
	inEachLanguage(t, func(t *testing.T, e edition) {
		block := blocks(t, "console", e.page("guides", "events.md")...)[0]
		command, want, _ := strings.Cut(strings.TrimPrefix(block, "$ "), "\n")
		address := freeAddress(t)
		out := shell(t, `set -e
export SESCTL_LOCAL=1 SESCTL_LANG=`+e.language+`
sesctl callback set news@mail.example.com 'https://hooks.example.com:8081/news?token=t0ps3cret' >/dev/null 2>&1
`+command+" --listen "+address+` >out 2>&1 &
until grep -q http://`+address+` out; do sleep 0.05; done
kill -TERM $!
wait $! || true
cat out
`)
		out = strings.ReplaceAll(out, address, "127.0.0.1:8080")
		for _, line := range strings.Split(strings.TrimSpace(want), "\n") {
			if line != "^C" && !strings.Contains(out, line+"\n") {
				t.Errorf("no %q in %s", line, out)
			}
		}
	})
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
	wanted := map[string][]string{
		"en":    {"Profile global:", "| error | silent |", "\nnoreply@mail.example.com\n", "last event 2022-06-01"},
		"zh-CN": {"\nnoreply@mail.example.com\n", "2022-06-01"},
	}
	inEachLanguage(t, func(t *testing.T, e edition) {
		before := "set -e\nexport SESCTL_LOCAL=1 SESCTL_CONFIG=config.yaml SESCTL_LANG=" + e.language + "\n" +
			"echo 'profiles: {default: {}, china: {}, global: {region: ap-singapore}}' > config.yaml\n"
		page := e.page("guides", "find-faults.md")
		out := shell(t, before+strings.Join(blocks(t, "sh", page...), "")+"test -s audit.xml\ncat audit.md\n")
		for _, want := range append(blocks(t, "text", page...), wanted[e.language]...) {
			if !strings.Contains(out, want) {
				t.Errorf("no %q in %s", want, out)
			}
		}
	})
}

// TestDeclaredCallbacksGuide runs the shell blocks of the guide to declarations, with
// the account of its example. Between export and review the file is edited as the
// example shows. Questions are answered by --yes.
func TestDeclaredCallbacksGuide(t *testing.T) {
	applied := map[string][]string{
		"en":    {"2 applied, 0 failed", "0 applied, 0 failed"},
		"zh-CN": {"已应用 2 个，失败 0 个", "已应用 0 个，失败 0 个"},
	}
	inEachLanguage(t, func(t *testing.T, e edition) {
		before := `set -e
export SESCTL_LOCAL=1 SESCTL_LANG=` + e.language + `
sesctl callback set account https://hooks.example.com:8080/ses
sesctl callback set news@mail.example.com 'https://hooks.example.com:8081/news?token=t0ps3cret'
sesctl callback set noreply@mail.example.com https://hooks.example.com:8081/old
`
		page := e.page("guides", "declared-callbacks.md")
		script := strings.NewReplacer(
			"--env secrets.env > callbacks.yaml\n", "--env secrets.env > callbacks.yaml\n"+
				"sesctl callback validate -f callbacks.yaml 2>&1 | grep SES_NEWS_MAIL_EXAMPLE_COM_TOKEN\nset -a; . ./secrets.env\n"+
				"sed 's|8081/news|8082/news|; s|noreply.*|noreply@mail.example.com: none|' callbacks.yaml > new.yaml\nmv new.yaml callbacks.yaml\n",
			"apply -f callbacks.yaml  ", "apply -f callbacks.yaml --yes ",
			"--expect sha256:…", `--yes --expect "$(sesctl callback plan -f callbacks.yaml --jq .checksum)"`,
			"rollback 1m853aja0", `rollback --yes "$(sesctl callback history news@mail.example.com --jq '.[0].id')"`,
		).Replace(strings.Join(blocks(t, "sh", page...), ""))
		out := strings.ReplaceAll(shell(t, before+script+"sesctl callback export"), "noreply@", "old@")
		plan, _, _ := strings.Cut(blocks(t, "text", page...)[0], "…")
		exported := blocks(t, "yaml", page...)[0]
		for _, want := range append([]string{plan, exported}, applied[e.language]...) {
			if !strings.Contains(out, want) {
				t.Errorf("no %q in %s", want, out)
			}
		}
	})
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

// TestReadme runs the first steps of the README, which need no account, and compares
// its first listing with what the command prints.
func TestReadme(t *testing.T) {
	const before = `sesctl callback set account https://hooks.example.com:8080/ses >/dev/null 2>&1
sesctl callback set news@mail.example.com 'https://hooks.example.com:8081/news?token=x' >/dev/null 2>&1
`
	inEachLanguage(t, func(t *testing.T, e edition) {
		page := map[string]string{"en": "README.md", "zh-CN": "README.zh-CN.md"}[e.language]
		compareConsole(t, e, before, page)
		for _, block := range blocks(t, "sh", page) {
			if strings.Contains(block, "export SESCTL_LOCAL=1") {
				if out := shell(t, "set -e\n"+block); !strings.Contains(out, "news@mail.example.com") {
					t.Errorf("it prints %s", out)
				}
				return
			}
		}
		t.Error("the README has no first steps")
	})
}

func TestTutorial(t *testing.T) {
	inEachLanguage(t, func(t *testing.T, e edition) {
		compareConsole(t, e, "", e.page("tutorial", "first-callback.md")...)
	})
}

// compareConsole runs the commands of a page and compares the output of each with the
// page. An ellipsis at the end stands for the part that the page leaves out.
func compareConsole(t *testing.T, e edition, before string, page ...string) {
	t.Helper()
	var script strings.Builder
	script.WriteString("exec 2>&1\nexport SESCTL_LOCAL=1 SESCTL_LANG=" + e.language + "\n" + before)
	var commands, want []string
	for _, block := range blocks(t, "console", page...) {
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
	place := regexp.MustCompile(`(?m)^(on the local emulator|位置：本地模拟器) · .*\n`)
	for i, command := range commands {
		got[i] = place.ReplaceAllString(got[i], "") // a folder of this test
		beginning, short := strings.CutSuffix(want[i], "…\n")
		if got[i] != want[i] && (!short || !strings.HasPrefix(got[i], beginning)) {
			t.Errorf("$ %s\nprints:\n%s\nand on the page:\n%s", command, got[i], want[i])
		}
	}
}
