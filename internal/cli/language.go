package cli

import (
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sesctl/sesctl/internal/catalog"
	"github.com/sesctl/sesctl/internal/output"
)

// textsOf returns the catalogue of the language that the user chose. With
// env.Untranslated, it only finds out what the catalogue of Chinese lacks.
func textsOf(env Env) *catalog.Catalog {
	if env.Untranslated != nil {
		texts := catalog.For(catalog.Chinese)
		texts.Missing, texts.Silent = env.Untranslated, true
		return texts
	}
	language, _ := catalog.Choose(catalog.Flag(env.Args), env.Getenv) // readGlobalFlags reports the error
	return catalog.For(language)
}

// translateLines translates lines for people. Lines for programs stay: JSON, the
// annotations of GitHub, and what moves the cursor.
func translateLines(texts *catalog.Catalog, all string) string {
	if strings.HasPrefix(all, "{") || strings.HasPrefix(all, "::") || strings.Contains(all, "\r") {
		return all
	}
	lines := strings.SplitAfter(all, "\n")
	for i, line := range lines {
		if strings.Contains(line, "\x1b") {
			lines[i] = translateColored(texts, line)
			continue
		}
		lines[i] = texts.Text(line)
	}
	return strings.Join(lines, "")
}

// translateColored translates what stands between the escape sequences of colours.
func translateColored(texts *catalog.Catalog, line string) string {
	var out strings.Builder
	end := 0
	for _, at := range regexp.MustCompile("\x1b\\[[0-9;]*m").FindAllStringIndex(line, -1) {
		out.WriteString(texts.Text(line[end:at[0]]) + line[at[0]:at[1]])
		end = at[1]
	}
	return out.String() + texts.Text(line[end:])
}

// fitHelp makes a command print its help in the language of the user, and in the width of
// the terminal. Only the texts that are printed are looked up.
func (a *app) fitHelp(root *cobra.Command) {
	if a.texts == nil && a.env.Width <= 0 {
		return
	}
	help := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		translateCommand(a.texts, cmd)
		cmd.Long, cmd.Example = output.FitProse(cmd.Long, a.env.Width), output.FitProse(cmd.Example, a.env.Width)
		help(cmd, args)
	})
}

// translateCommand translates the texts of a command, and the summaries of the
// commands under it.
func translateCommand(texts *catalog.Catalog, cmd *cobra.Command) {
	cmd.Short, cmd.Long = texts.Text(cmd.Short), texts.Text(cmd.Long)
	lines := strings.Split(cmd.Example, "\n")
	for i, line := range lines {
		if comment, is := strings.CutPrefix(strings.TrimSpace(line), "# "); is {
			lines[i] = strings.Replace(line, comment, texts.Text(comment), 1)
		}
	}
	cmd.Example = strings.Join(lines, "\n")
	translateFlags(texts, cmd.LocalFlags())
	for _, child := range cmd.Commands() {
		child.Short = texts.Text(child.Short)
	}
}

func translateFlags(texts *catalog.Catalog, flags *pflag.FlagSet) {
	flags.VisitAll(func(f *pflag.Flag) { f.Usage = texts.Text(f.Usage) })
}

// translateTree translates a command and all below it, for completion.
func translateTree(texts *catalog.Catalog, cmd *cobra.Command) {
	if texts == nil {
		return
	}
	translateCommand(texts, cmd)
	for _, child := range cmd.Commands() {
		translateTree(texts, child)
	}
}

// flagUsages returns the list of flags in the width of the terminal. pflag breaks
// lines at spaces, which Chinese does not have.
func (a *app) flagUsages(flags *pflag.FlagSet) string {
	if a.texts == nil {
		return flags.FlagUsagesWrapped(a.env.Width)
	}
	var out strings.Builder
	for line := range strings.SplitSeq(strings.TrimRight(flags.FlagUsages(), "\n"), "\n") {
		out.WriteString(output.FitFlag(a.texts.FlagDefault(line), a.env.Width) + "\n")
	}
	return out.String()
}
