package cli_test

import (
	"testing"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/cli"
)

// TestTreeBuiltInParts checks that each command that is built alone has the name under
// which it is registered.
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
