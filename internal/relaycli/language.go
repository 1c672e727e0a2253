package relaycli

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sesctl/sesctl/internal/catalog"
	"github.com/sesctl/sesctl/internal/output"
)

// textsOf returns the catalogue of the language that the user chose. The log is
// English in every language.
func textsOf(env Env) *catalog.Catalog {
	if env.Getenv == nil {
		return nil
	}
	language, _ := catalog.Choose(catalog.Flag(env.Args), env.Getenv) // the commands report the error
	return catalog.For(language)
}

// translateHelp makes the commands print their help in the language of the user, with
// prose and flags wrapped to the width of the terminal.
func translateHelp(texts *catalog.Catalog, width int, root *cobra.Command) {
	if texts == nil && width <= 0 {
		return
	}
	help := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		cmd.Short, cmd.Long = texts.Text(cmd.Short), output.FitProse(texts.Text(cmd.Long), width)
		translate := func(f *pflag.Flag) { f.Usage = texts.Text(f.Usage) }
		cmd.NonInheritedFlags().VisitAll(translate)
		cmd.InheritedFlags().VisitAll(translate)
		for _, child := range cmd.Commands() {
			child.Short = texts.Text(child.Short)
		}
		out := cmd.OutOrStdout()
		var printed bytes.Buffer
		cmd.SetOut(&printed)
		help(cmd, args)
		cmd.SetOut(out)
		fmt.Fprint(out, translateUsage(texts, width, printed.String()))
	})
}

// translateUsage translates what cobra and pflag add to a help text: the headings, the
// forms of the command, the defaults of flags, and the last line.
func translateUsage(texts *catalog.Catalog, width int, help string) string {
	headings := []string{"Usage:", "Examples:", "Available Commands:", "Flags:", "Global Flags:"}
	lines := strings.Split(help, "\n")
	for i, line := range lines {
		switch {
		case slices.Contains(headings, line), strings.HasPrefix(line, "Use \""):
			line = output.FitProse(texts.Word(line), width)
		case strings.HasPrefix(line, "      --"), strings.HasPrefix(line, "  -"):
			line = output.FitFlag(texts.FlagDefault(line), width)
		default:
			line = output.FitProse(line, width)
		}
		for _, added := range []string{"[flags]", "[command]"} {
			line = strings.Replace(line, added, texts.Word(added), 1)
		}
		lines[i] = line
	}
	return strings.Join(lines, "\n")
}
