package cli_test

import (
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/cli"
)

// TestExamples runs the example of every command as it stands in its help, on
// the embedded emulator with one callback for the account and one for a sender.
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
	script := `set -e
sesctl callback set --account https://hooks.example.com:8080/ses >/dev/null
sesctl callback set --sender news@mail.example.com https://hooks.example.com:8081/news >/dev/null
set -x
` + example
	home := t.TempDir()
	cmd := exec.Command("sh", "-c", script)
	cmd.Dir = home
	cmd.Env = append(cleanEnv(home), "SESCTL_LOCAL=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestHelp holds help texts to what is readable in a terminal.
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

// TestTreeBuiltInParts holds the names under which commands are built one at a
// time to the names that they have.
func TestTreeBuiltInParts(t *testing.T) {
	t.Parallel()
	var walk func(cmd *cobra.Command, path []string)
	walk = func(cmd *cobra.Command, path []string) {
		for _, child := range cmd.Commands() {
			if child.Name() == "completion" || child.Name() == "help" {
				continue
			}
			full := append(append([]string{}, path...), child.Name())
			env := quietEnv()
			env.Args = full
			found, _, err := cli.Root(env).Find(full)
			if err != nil || found.CommandPath() != child.CommandPath() {
				t.Errorf("%v finds %v, %v", full, found, err)
			}
			walk(child, full)
		}
	}
	walk(cli.Root(quietEnv()), nil)
}
