package relaycli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sesctl/sesctl/internal/catalog"
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

// translateHelp makes the commands print their help in another language.
func translateHelp(texts *catalog.Catalog, root *cobra.Command) {
	if texts == nil {
		return
	}
	var headings []string
	for _, heading := range []string{"Usage:", "Examples:", "Available Commands:", "Flags:", "Global Flags:"} {
		headings = append(headings, "\n"+heading, "\n"+texts.Word(heading))
	}
	template := strings.NewReplacer(headings...).Replace("\n" + root.UsageTemplate())
	root.SetUsageTemplate(strings.TrimPrefix(template, "\n"))
	help := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		cmd.Short, cmd.Long = texts.Text(cmd.Short), texts.Text(cmd.Long)
		translate := func(f *pflag.Flag) { f.Usage = texts.Text(f.Usage) }
		cmd.NonInheritedFlags().VisitAll(translate)
		cmd.InheritedFlags().VisitAll(translate)
		for _, child := range cmd.Commands() {
			child.Short = texts.Text(child.Short)
		}
		help(cmd, args)
	})
}
