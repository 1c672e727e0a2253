package cli_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"
	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/cli"
)

// TestHelpInTerminal checks that help is broken to the width of a terminal in both
// languages, and not elsewhere. Examples are never broken, because users copy them.
func TestHelpInTerminal(t *testing.T) {
	t.Parallel()
	example := regexp.MustCompile(`^    |^  (sesctl|echo|curl|\S+=)|^\S+: go install`)
	words := func(help string) string {
		return strings.Join(strings.Fields(strings.ReplaceAll(help, "#", "")), "")
	}
	for _, language := range []string{"en", "zh-CN"} {
		s := newSession(t)
		s.env["SESCTL_LANG"] = language
		for _, args := range [][]string{{}, {"callback"}, {"callback", "set"}, {"callback", "audit"}, {"event", "listen"}, {"help", "exit-status"}} {
			args = append(args, "--help")
			s.change = func(*cli.Env) {}
			plain := s.must(args...)
			for _, width := range []int{60, 80} {
				s.change = func(env *cli.Env) { env.Width = width }
				fitted := s.must(args...)
				if words(plain) != words(fitted) {
					t.Errorf("%v: in a terminal of %d columns other words:\n%s", args, width, fitted)
				}
				for line := range strings.SplitSeq(fitted, "\n") {
					if runewidth.StringWidth(line) > width && !example.MatchString(line) {
						t.Errorf("%v: wider than %d: %s", args, width, line)
					}
				}
			}
		}
	}
}

func TestTerminalWidth(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	s.must("callback", "set", "--sender", "news@mail.example.com", "https://hooks.example.com:8080/"+strings.Repeat("long/", 40))
	s.change = func(env *cli.Env) { env.StdoutTerminal, env.Width = true, 80 }
	for _, args := range [][]string{
		{"callback", "list"}, {"callback", "resolve", "--all"}, {"sender", "list"}, {"callback", "rules"}, {"doctor"},
		{"callback", "validate", "http://localhost:9000/" + strings.Repeat("long/", 40)},
	} {
		_, stdout, _ := s.run(t.Context(), args...)
		for line := range strings.SplitSeq(stdout, "\n") {
			if strings.HasPrefix(line, "hint: ") {
				continue
			}
			if width := len([]rune(stripColor(line))); width > 80 {
				t.Errorf("%v: a line of %d cells: %s", args, width, line)
			}
		}
	}
	_, stdout, _ := s.run(t.Context(), "callback", "resolve", "--all")
	if !strings.Contains(stdout, "\x1b[31mnone\x1b[0m") {
		t.Errorf("no colour on a terminal: %q", stdout)
	}
	s.env["NO_COLOR"] = "1"
	_, stdout, _ = s.run(t.Context(), "callback", "resolve", "--all")
	if strings.Contains(stdout, "\x1b") {
		t.Errorf("colour in spite of NO_COLOR: %q", stdout)
	}
}

func stripColor(line string) string {
	for _, code := range []string{"\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[2m", "\x1b[0m"} {
		line = strings.ReplaceAll(line, code, "")
	}
	return line
}

// TestHelp checks that help texts fit on a terminal.
func TestHelp(t *testing.T) {
	t.Parallel()
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		if cmd.Parent() != nil && cmd.Parent().Name() == "completion" {
			return // cobra's own
		}
		for line := range strings.SplitSeq(cmd.Long, "\n") {
			if len([]rune(line)) > 95 {
				t.Errorf("%s: a line of %d characters: %s", cmd.CommandPath(), len(line), line)
			}
		}
		if cmd.Short == "" || strings.HasSuffix(cmd.Short, ".") {
			t.Errorf("%s: the short help is empty or ends in a full stop", cmd.CommandPath())
		}
		for _, child := range cmd.Commands() {
			walk(child)
		}
	}
	walk(cli.Root(quietEnv()))
}
