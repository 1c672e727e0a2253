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
	colors := regexp.MustCompile("\x1b\\[[0-9;]*m")
	lines := strings.SplitAfter(all, "\n")
	for i, line := range lines {
		var out strings.Builder
		rest := line
		for _, escape := range colors.FindAllString(line, -1) {
			before, after, _ := strings.Cut(rest, escape)
			out.WriteString(texts.Text(before))
			out.WriteString(escape)
			rest = after
		}
		out.WriteString(texts.Text(rest))
		lines[i] = out.String()
	}
	return strings.Join(lines, "")
}

// translateHelp makes a command print its help in another language. Only the texts
// that are printed are looked up.
func translateHelp(texts *catalog.Catalog, root *cobra.Command) {
	if texts == nil {
		return
	}
	help := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		translateCommand(texts, cmd)
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
	translateUsage := func(f *pflag.Flag) { f.Usage = texts.Text(f.Usage) }
	cmd.LocalFlags().VisitAll(translateUsage)
	for _, child := range cmd.Commands() {
		child.Short = texts.Text(child.Short)
	}
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
	if a.texts == nil || a.env.Width <= 0 {
		return flags.FlagUsagesWrapped(a.env.Width)
	}
	const gap, least = 3, 24
	var out strings.Builder
	for _, line := range strings.Split(strings.TrimRight(flags.FlagUsages(), "\n"), "\n") {
		at := len(line) - len(strings.TrimLeft(line, " "))
		if end := strings.Index(line[at:], strings.Repeat(" ", gap)); end >= 0 {
			at += end
		}
		usage := strings.TrimLeft(line[at:], " ")
		indent := len(line) - len(usage)
		if a.env.Width-indent < least {
			indent = least / 2
			out.WriteString(strings.TrimRight(line[:at], " ") + "\n" + strings.Repeat(" ", indent))
		} else {
			out.WriteString(line[:indent])
		}
		out.WriteString(strings.Join(output.Wrap(usage, a.env.Width-indent), "\n"+strings.Repeat(" ", indent)) + "\n")
	}
	return out.String()
}
