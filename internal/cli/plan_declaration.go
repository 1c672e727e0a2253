package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/account"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/manifest"
	"github.com/sesctl/sesctl/pkg/callback"
)

// declarationFlags name the files of a declaration.
type declarationFlags struct {
	files     []string
	prune     bool
	unmanaged string
}

func (d *declarationFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringArrayVarP(&d.files, "file", "f", nil, "declaration `FILE`; repeatable; - is standard input")
	cmd.Flags().BoolVar(&d.prune, "prune", false, "delete the callbacks of senders that the declaration does not name")
	cmd.Flags().StringVar(&d.unmanaged, "unmanaged", "", "`WHAT` to do about callbacks that the declaration does not name: report, fail or keep")
	_ = cmd.RegisterFlagCompletionFunc("unmanaged", cobra.FixedCompletions(manifest.UnmanagedValues(), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.MarkFlagFilename("file", "yaml", "yml", "json")
}

// read reads the declaration.
func (d *declarationFlags) read(a *app) (manifest.Declaration, error) {
	if err := d.check(); err != nil {
		return manifest.Declaration{}, err
	}
	if len(d.files) == 0 {
		return manifest.Declaration{}, failure.New(failure.Usage, "no declaration").WithHint("name its file with -f FILE")
	}
	return a.readDeclaration(d.files)
}

func (a *app) readDeclaration(files []string) (manifest.Declaration, error) {
	lookup := a.env.LookupEnv
	if lookup == nil {
		lookup = func(name string) (string, bool) {
			value := a.env.Getenv(name)
			return value, value != ""
		}
	}
	return manifest.ReadFiles(files, a.env.Stdin, lookup)
}

// maxRefused is how many problems of a declaration an error names.
const maxRefused = 20

// refuseRows returns one usage error for all problems of a declaration that are errors. It
// names the place of each, up to maxRefused. It warns of the other problems.
func (a *app) refuseRows(at *account.Account, problems []callback.Problem) error {
	var lines []string
	hint := ""
	for _, p := range problems {
		text := fmt.Sprintf("%s: %s (%s)", p.Position, p.Message, p.Rule)
		if p.Severity != callback.SeverityError {
			a.warnAt(at, "%s", text)
			continue
		}
		if len(lines) == 0 {
			hint = p.Hint
		}
		lines = append(lines, text)
	}
	if len(lines) == 0 {
		return nil
	}
	if more := len(lines) - maxRefused; more > 0 {
		lines = append(lines[:maxRefused], fmt.Sprintf("and %d more", more))
	}
	return failure.New(failure.Usage, "%s", strings.Join(lines, "\n")).WithHint("%s", hint)
}
