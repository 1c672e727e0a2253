package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/manifest"
	"github.com/sesctl/sesctl/pkg/callback"
)

// declarationFlags name the files of a declaration.
type declarationFlags struct {
	files []string
	prune bool
}

func (d *declarationFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringArrayVarP(&d.files, "file", "f", nil, "declaration `FILE`; repeatable; - is standard input")
	cmd.Flags().BoolVar(&d.prune, "prune", false, "delete the callbacks of senders that the declaration does not name")
	_ = cmd.MarkFlagFilename("file", "yaml", "yml", "json")
}

// read reads the declaration.
func (d *declarationFlags) read(a *app) (manifest.Declaration, error) {
	if len(d.files) == 0 {
		return manifest.Declaration{}, failure.New(failure.Usage, "no declaration").WithHint("name its file with -f FILE")
	}
	return a.readDeclaration(d.files)
}

func (a *app) readDeclaration(files []string) (manifest.Declaration, error) {
	return manifest.ReadFiles(files, a.env.Stdin, func(name string) (string, bool) {
		value := a.env.Getenv(name)
		return value, value != ""
	})
}

// refuseRows turns the errors among the problems into one error of kind usage
// that names every place, behind those that were seen when the declaration was
// read; it passes the warnings on.
func (a *app) refuseRows(problems []manifest.Problem, broken error) error {
	var refused *failure.Error
	if broken != nil {
		refused = failure.New(failure.Usage, "%w", broken)
	}
	for _, p := range problems {
		text := fmt.Sprintf("%s: %s (%s)", p.Position, p.Message, p.Rule)
		switch {
		case p.Severity != callback.SeverityError:
			a.warn("%s", text)
		case broken != nil && manifest.Tells(broken, p.Rule):
		case refused == nil:
			refused = failure.New(failure.Usage, "%s", text).WithHint("%s", p.Hint)
		default:
			refused.Err = fmt.Errorf("%w\n%s", refused.Err, text)
		}
	}
	if refused == nil {
		return nil
	}
	return refused
}
