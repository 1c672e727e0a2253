package cli

import (
	"cmp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

// answerFilter decides which senders of a list are shown, and in which order.
type answerFilter struct {
	sources []string
	domains []string
	sort    string
}

func (o *answerFilter) add(cmd *cobra.Command, columns []output.Column) {
	f := cmd.Flags()
	f.StringSliceVar(&o.sources, "source", nil, "show only senders whose callback comes from `SOURCE`: sender, account or none")
	f.StringSliceVar(&o.domains, "domain", nil, "show only sender addresses at `DOMAIN`")
	f.StringVar(&o.sort, "sort", "", "sort by `COLUMN`")
	_ = cmd.RegisterFlagCompletionFunc("source", cobra.FixedCompletions(sourceNames(), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("domain", cobra.NoFileCompletions)
	_ = cmd.RegisterFlagCompletionFunc("sort", cobra.FixedCompletions(output.Names(columns), cobra.ShellCompDirectiveNoFileComp))
}

func sourceNames() []string {
	return []string{string(callback.SourceSender), string(callback.SourceAccount), string(callback.SourceNone)}
}

// given reports whether the filter may leave out answers.
func (o *answerFilter) given() bool { return len(o.sources)+len(o.domains) > 0 }

// check refuses values that are probably mistakes, because they select nothing. It also
// normalizes the domains: case does not matter.
func (o *answerFilter) check(columns []output.Column) error {
	for _, source := range o.sources {
		if !slices.Contains(sourceNames(), source) {
			return failure.New(failure.Usage, "--source %s: it must be one of %s", callback.Quote(source), strings.Join(sourceNames(), ", "))
		}
	}
	for i, domain := range o.domains {
		sender, err := callback.ParseSender("x@" + strings.TrimPrefix(domain, "@"))
		if err != nil {
			return failure.New(failure.Usage, "--domain %s: it is not a domain", callback.Quote(domain)).WithHint("write the part after the @ of an address, such as mail.example.com")
		}
		o.domains[i] = sender.Domain()
	}
	names := output.Names(columns)
	if o.sort != "" && !slices.Contains(names, output.ColumnName(o.sort)) {
		return failure.New(failure.Usage, "--sort %s: unknown column; the columns are %s", callback.Quote(o.sort), strings.Join(names, ", "))
	}
	return nil
}

// apply returns the selected answers in the chosen order. Answers that are equal in the
// sort column keep their order.
func (o *answerFilter) apply(answers []answer) []answer {
	shown := slices.DeleteFunc(answers, func(got answer) bool {
		return len(o.sources) > 0 && !slices.Contains(o.sources, string(got.Source)) ||
			len(o.domains) > 0 && !slices.Contains(o.domains, got.Sender.Domain())
	})
	if o.sort != "" {
		slices.SortStableFunc(shown, func(x, y answer) int {
			return cmp.Compare(x.column(o.sort), y.column(o.sort))
		})
	}
	return shown
}

// column returns the value of an answer in a table column, in the form that is sorted.
func (r answer) column(name string) string {
	switch output.ColumnName(name) {
	case "name":
		if r.name != nil {
			return strings.ToLower(*r.name)
		}
		return ""
	case "source":
		return string(r.Source)
	case "registered":
		return yesNo(r.registered)
	case "callback":
		return r.URL.Whole()
	case "overridden":
		return r.Overridden.Whole()
	}
	return r.Sender.Address()
}
