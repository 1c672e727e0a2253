package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"

	"github.com/sesctl/sesctl/internal/cli"
	"github.com/sesctl/sesctl/pkg/callback"
)

const fleetURL = "https://hooks.example.com:8080" + longEnd

func fleetSenders() []string {
	senders := make([]string, 300)
	for i := range senders {
		senders[i] = fmt.Sprintf("sender%03d@domain%d.mail.example.com", i, i%2)
	}
	return senders
}

// fleetCallbacks are the callbacks of the account and of four senders.
func fleetCallbacks(t *testing.T) callback.Set {
	t.Helper()
	var have callback.Set
	have = have.With(callback.Account(), callback.NewURL(fleetURL+"?token=s3cret"))
	for i, sender := range fleetSenders()[:4] {
		target, err := callback.ParseSender(sender)
		if err != nil {
			t.Fatal(err)
		}
		have = have.With(target, callback.NewURL(fmt.Sprintf("%s/%d?token=s3cret", fleetURL, i)))
	}
	return have
}

// fleetPlans are declarations for the fleet, and what their plans must contain.
func fleetPlans() map[string]struct{ declaration, want string } {
	var domains, rotation, own strings.Builder
	for i, sender := range fleetSenders() {
		fmt.Fprintf(&domains, "  %s: https://hooks.example.com:8082/domain%d\n", sender, i%2)
		fmt.Fprintf(&own, "  %s: https://hooks.example.com:8082/senders/%d\n", sender, i)
		if i < 4 {
			fmt.Fprintf(&rotation, "  %s: %s/%d?token=s3cret-2\n", sender, fleetURL, i)
		}
	}
	return map[string]struct{ declaration, want string }{
		"another account callback": {"account: https://hooks.example.com:8081/ses", "\n  296 senders that follow the account:\n"},
		"another token": {"account: " + fleetURL + "?token=s3cret-2\nsenders:\n" + rotation.String(),
			"  296 senders that follow the account: " + fleetURL + "?token=*** (token changes)"},
		"a callback for each domain": {"senders:\n" + domains.String(), "+ create 148 senders:"},
		"a callback for each sender": {"account: none\nsenders:\n" + own.String(), "and 294 other senders (-o wide shows them)"},
		"silence":                    {"account: none", "296 senders lose their events (now "},
	}
}

// TestPlanScreens makes plans for 300 senders: each fits on two screens of 80 by
// 24 cells, and -o wide names every sender that a group counts.
func TestPlanScreens(t *testing.T) {
	t.Parallel()
	shaky := newShaky(t, fleetSenders(), fleetCallbacks(t))
	for name, test := range fleetPlans() {
		file := filepath.Join(t.TempDir(), "callbacks.yaml")
		if err := os.WriteFile(file, []byte("version: 1\n"+test.declaration+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, width := range []int{60, 80, 120} {
			user := shaky.session()
			change := user.change
			user.change = func(env *cli.Env) {
				change(env)
				env.StdoutTerminal, env.Width = true, width
			}
			shown := user.must("callback", "plan", "-f", file)
			if differs := "com:\x1b[32m8081/ses\x1b[0m\n"; name == "another account callback" && !strings.Contains(shown, differs) {
				t.Errorf("%s: no %q in %q", name, differs, shown)
			}
			shown = stripColor(shown)
			fitsByWords(t, fmt.Sprintf("%s at %d", name, width), shown, width)
			if lines := rowsOf(shown, width); width >= 80 && lines > 48 {
				t.Errorf("%s at %d: %d lines\n%s", name, width, lines, shown)
			}
			if unfolded := unfold(shown); !strings.Contains(unfolded, unfold(test.want)) {
				t.Errorf("%s at %d: no %q in\n%s", name, width, test.want, shown)
			}
			if strings.Contains(shown, "s3cret") {
				t.Errorf("%s: a secret", name)
			}
		}
		user := shaky.session()
		if wide := user.must("callback", "plan", "-f", file, "-o", "wide"); strings.Contains(wide, "-o wide") {
			t.Errorf("%s: -o wide leaves senders out", name)
		}
	}
}

// rowsOf counts the rows that a text takes on a terminal.
func rowsOf(text string, width int) int {
	rows := 0
	for line := range strings.Lines(text) {
		rows += max(1, (runewidth.StringWidth(strings.TrimSuffix(line, "\n"))+width-1)/width)
	}
	return rows
}

// unfold puts a plan on one line, without the names of senders.
func unfold(text string) string { return strings.Join(strings.Fields(text), " ") }

// fitsByWords is fits for text in which only one word, or a URL after an arrow, may be
// wider than a line.
func fitsByWords(t *testing.T, name, shown string, width int) {
	t.Helper()
	for line := range strings.SplitSeq(shown, "\n") {
		if cells := runewidth.StringWidth(line); cells > width && strings.Contains(strings.TrimSpace(strings.TrimPrefix(line, " -> ")), " ") {
			t.Errorf("%s: a line of %d cells: %s", name, cells, line)
		}
		if strings.TrimRight(line, " ") != line {
			t.Errorf("%s: blanks at the end of %q", name, line)
		}
	}
}
