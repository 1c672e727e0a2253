package cli

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

// outputFlags are the flags that choose the form of a result.
type outputFlags struct {
	output   string
	format   output.Format
	wide     bool
	columns  []string
	jq       string
	template string
	query    output.Query
	quiet    bool
	showURLs bool
	noColor  bool
}

// These annotations describe what a command can print.
const (
	allowsMarkdown = "markdown" // its result has a form in Markdown
	printsNoJSON   = "no JSON"  // its result cannot be written as JSON
	tableColumns   = "columns"  // the names of the columns of its table
)

func (o *outputFlags) addOutputFlags(root *cobra.Command) {
	f := root.PersistentFlags()
	f.StringVarP(&o.output, "output", "o", "", "output `FORMAT`: table, json, yaml, or wide for a table with every column (SESCTL_OUTPUT)")
	f.StringSliceVar(&o.columns, "columns", nil, "show these `COLUMNS` of the table, separated by commas")
	f.StringVar(&o.jq, "jq", "", "filter the JSON output with this jq `EXPRESSION`")
	f.StringVar(&o.template, "template", "", "format the JSON output with this Go `TEMPLATE`; functions: json, join, upper, truncate, ago")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "print only the essential values, one a line")
	f.BoolVar(&o.showURLs, "show-urls", false, "show callback URLs in full; they are secrets")
	f.BoolVar(&o.noColor, "no-color", false, "do not use colors (NO_COLOR)")
	_ = root.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(output.Formats(), cobra.ShellCompDirectiveNoFileComp))
	_ = root.RegisterFlagCompletionFunc("columns", completeColumns)
	for _, flag := range []string{"jq", "template"} {
		_ = root.RegisterFlagCompletionFunc(flag, cobra.NoFileCompletions)
	}
}

// exclusive lists the pairs of flags that cannot be used together, because each decides
// what is printed.
var exclusive = [...][2]string{
	{"jq", "template"}, {"jq", "output"}, {"template", "output"}, {"jq", "quiet"}, {"template", "quiet"},
	{"jq", "columns"}, {"template", "columns"}, {"columns", "quiet"},
}

// readFormat sets the format from the flag, or else from SESCTL_OUTPUT.
func (o *outputFlags) readFormat(cmd *cobra.Command, getenv func(string) string) error {
	given := cmd.Flags().Changed
	for _, pair := range exclusive {
		if given(pair[0]) && given(pair[1]) {
			return failure.New(failure.Usage, "--%s and --%s cannot be used together", pair[0], pair[1])
		}
	}
	if given("jq") || given("template") {
		o.format = output.FormatQuery
		return nil
	}
	name := o.output
	if name == "" && !given("columns") {
		name = getenv("SESCTL_OUTPUT")
	}
	var more []output.Format
	if cmd.Annotations[allowsMarkdown] != "" {
		more = append(more, output.FormatMarkdown)
	}
	format, err := output.ParseFormat(name, more...)
	if err != nil {
		return failure.New(failure.Usage, "%w", err)
	}
	if o.wide = format == output.FormatWide; o.wide {
		format = output.FormatTable
	}
	if given("columns") && format != output.FormatTable {
		return failure.New(failure.Usage, "--columns and --output %s cannot be used together", format).WithHint("--columns selects columns of the table")
	}
	o.format = format
	return nil
}

// readQuery checks the flags that select a part of the JSON or of the table.
func (o *outputFlags) readQuery(cmd *cobra.Command, now func() time.Time) error {
	var flag string
	var err error
	switch {
	case o.jq != "":
		flag = "jq"
		o.query, err = output.ParseJQ(o.jq)
	case o.template != "":
		flag = "template"
		o.query, err = output.ParseTemplate(o.template, now)
	default:
		return o.checkColumns(cmd)
	}
	if err != nil {
		return failure.New(failure.Usage, "invalid --%s: %w", flag, err).WithHint("'-o json' shows the JSON that it is applied to")
	}
	if cmd.Annotations[printsNoJSON] != "" {
		return failure.New(failure.Usage, "--%s: '%s' prints no JSON", flag, cmd.CommandPath())
	}
	return nil
}

func (o *outputFlags) checkColumns(cmd *cobra.Command) error {
	if len(o.columns) == 0 {
		return nil
	}
	known := columnsOf(cmd)
	if len(known) == 0 {
		return failure.New(failure.Usage, "--columns: '%s' prints no table", cmd.CommandPath())
	}
	for _, name := range o.columns {
		if !slices.Contains(known, output.ColumnName(name)) {
			return failure.New(failure.Usage, "unknown column %s; the columns are %s", callback.Quote(name), strings.Join(known, ", "))
		}
	}
	return nil
}

// withColumns returns the command with the columns of its table, for --columns.
func withColumns(cmd *cobra.Command, columns []output.Column) *cobra.Command {
	if cmd.Annotations == nil {
		cmd.Annotations = map[string]string{}
	}
	cmd.Annotations[tableColumns] = strings.Join(output.Names(columns), ",")
	return cmd
}

func columnsOf(cmd *cobra.Command) []string {
	if cmd.Annotations[tableColumns] == "" {
		return nil
	}
	return strings.Split(cmd.Annotations[tableColumns], ",")
}

// completeColumns completes the columns that are not in the list yet.
func completeColumns(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	before := typed[:strings.LastIndexByte(typed, ',')+1]
	var offers []string
	for _, name := range columnsOf(cmd) {
		if !slices.Contains(strings.Split(before, ","), name) {
			offers = append(offers, before+name)
		}
	}
	return offers, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}
