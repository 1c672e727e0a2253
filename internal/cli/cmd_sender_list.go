package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/account"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

func newSenderListCommand(a *app) *cobra.Command {
	var o answerFilter
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the sender addresses, each with its effective callback",
		Example: `  sesctl sender list
  sesctl sender list -q

  # The senders that lose their events
  sesctl sender list --source none --sort name`,
		Args: noArgs,
		RunE: a.runRead(a.perProfile(func(ctx context.Context, at *account.Account, _ []string) (output.Result, error) {
			return runSenderList(ctx, a, at, o)
		})),
	}
	o.add(cmd, senderColumns)
	return withColumns(a.takesProfiles(cmd), senderColumns)
}

func runSenderList(ctx context.Context, a *app, at *account.Account, o answerFilter) (output.Result, error) {
	if err := o.check(senderColumns); err != nil {
		return output.Result{}, err
	}
	_, snapshot, err := at.Read(ctx, callback.PartAll)
	if err != nil {
		return output.Result{}, err
	}
	answers := resolveAll(snapshot, snapshot.SenderTargets(), false)
	for i := range answers {
		answers[i].name = &snapshot.Senders[i].Name
	}
	return senderListResult(a, o.apply(answers)), nil
}

var senderColumns = []output.Column{
	{Name: "sender", Fit: output.Address}, {Name: "name", Fit: output.Text, Verbatim: true}, {Name: "source", Paint: paintSource},
	{Name: "callback", Fit: output.URL, Keep: true},
	{Name: "registered", Paint: paintNo, Wide: true}, {Name: "overridden", Fit: output.URL, Wide: true},
}

func senderListResult(a *app, answers []answer) output.Result {
	r := output.Result{Data: answers, Table: &output.Table{
		Columns: senderColumns,
		Empty:   "no senders",
	}}
	for _, got := range answers {
		r.Quiet = append(r.Quiet, got.Sender.Address())
		r.Table.Rows = append(r.Table.Rows, []string{got.Sender.Address(), *got.name, string(got.Source), a.url(got.URL),
			yesNo(got.registered), a.url(got.Overridden)})
	}
	return r
}
