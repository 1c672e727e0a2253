package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/internal/ses"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

type probeOptions struct {
	actions []string
	save    bool
	dryRun  bool
}

func newAPIProbeCommand(a *app) *cobra.Command {
	var o probeOptions
	cmd := &cobra.Command{
		Use:   "probe [OPERATION...]",
		Short: "Ask the endpoint which read actions it knows",
		Long: `Ask the endpoint which read actions it knows. sesctl tries the name in the API
table, then likely names, then the names given with --action. --dry-run lists
these names without calling the endpoint.

Only reads are tried. sesctl never tries a write under a name that may be wrong,
because nothing published proves that such a call changes nothing. sesctl makes
two calls a second.

  answered   the endpoint answered without an error
  exists     the endpoint reported an error about parameters, so the action exists
  unknown    the endpoint does not have the action, or does not open it to these keys
  forbidden  access management (CAM) refused the call, so the action exists
  unclear    the endpoint reported another error`,
		Example: `  sesctl api probe
  sesctl api probe get-account-callback --action DescribeEventUrl
  sesctl api probe --save --profile global`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: cobra.FixedCompletions(readNames(), cobra.ShellCompDirectiveNoFileComp),
		RunE:              a.runLong(func(ctx context.Context, args []string) error { return runAPIProbe(ctx, a, o, args) }),
	}
	f := cmd.Flags()
	f.StringArrayVar(&o.actions, "action", nil, "try this action `NAME` too; repeatable")
	f.BoolVar(&o.save, "save", false, "write the names that were found to the profile")
	f.BoolVar(&o.dryRun, "dry-run", false, "list the names without calling the endpoint")
	return withColumns(cmd, probeColumns)
}

func readNames() []string {
	var names []string
	for _, op := range sesapi.Reads() {
		names = append(names, string(op))
	}
	return names
}

// probeView is the answer to a question in JSON and YAML.
type probeView struct {
	Operation  sesapi.Operation `json:"operation"`
	Action     string           `json:"action"`
	Answer     ses.Recognition  `json:"answer"`
	Code       string           `json:"code"`
	Parameters []string         `json:"parameters"`
	Message    string           `json:"message"`
}

func runAPIProbe(ctx context.Context, a *app, o probeOptions, args []string) error {
	settings, err := a.account.Settings()
	if err != nil {
		return err
	}
	questions, err := o.questions(settings.Table, args)
	if err != nil {
		return err
	}
	if o.dryRun {
		return a.print(probeResult(viewQuestions(questions)))
	}
	client, err := a.account.Client(ctx)
	if err != nil {
		return err
	}
	p := &prober{app: a, client: client, table: settings.Table, local: settings.Loopback()}
	if err := p.control(ctx); err != nil {
		return err
	}
	for _, q := range questions {
		if err := p.ask(ctx, q); err != nil {
			return err
		}
	}
	if err := a.print(probeResult(p.views)); err != nil {
		return err
	}
	if o.save {
		p.warnNameless()
	}
	if o.save && len(p.found) > 0 {
		if err := a.writeRows(ctx, true, p.found); err != nil {
			return err
		}
	}
	return p.verdict(questions)
}

// questions returns the action names to try, each once and in order.
func (o probeOptions) questions(table sesapi.Table, args []string) ([]question, error) {
	operations := sesapi.Reads()
	if len(args) > 0 {
		operations = nil
	}
	for _, name := range args {
		op := sesapi.Operation(name)
		if !slices.Contains(sesapi.Reads(), op) {
			return nil, failure.New(failure.Usage, "%q is not a read operation", name).WithHint("the read operations are %s", strings.Join(readNames(), ", "))
		}
		operations = append(operations, op)
	}
	for _, action := range o.actions {
		if !ses.ReadsByName(action) {
			return nil, failure.New(failure.Usage, "--action %s: it is not tried, because its name does not show that it only reads", callback.Quote(action)).
				WithHint("name an action such as GetX, ListX or DescribeX")
		}
	}
	var questions []question
	for _, op := range operations {
		names := append([]string{table.Row(op).Action}, sesapi.Candidates(op)...)
		if op != sesapi.ListSenders || len(args) > 0 {
			names = append(names, o.actions...)
		}
		for _, name := range names {
			if q := (question{op, name}); ses.ReadsByName(name) && !slices.Contains(questions, q) {
				questions = append(questions, q)
			}
		}
	}
	return questions, nil
}

func viewQuestions(questions []question) []probeView {
	views := []probeView{}
	for _, q := range questions {
		views = append(views, probeView{Operation: q.operation, Action: q.action, Parameters: []string{}})
	}
	return views
}

var probeColumns = []output.Column{
	{Name: "operation"}, {Name: "action"}, {Name: "answer", Paint: paintRecognition, Keep: true}, {Name: "code"},
	{Name: "parameters", Fit: output.Sentences}, {Name: "message", Fit: output.Sentences, Verbatim: true},
}

func probeResult(views []probeView) output.Result {
	r := output.Result{Data: views, Table: &output.Table{Columns: probeColumns}}
	for _, v := range views {
		r.Table.Rows = append(r.Table.Rows, []string{string(v.Operation), v.Action, string(v.Answer), v.Code, strings.Join(v.Parameters, ", "), v.Message})
		if v.Answer == ses.Answered || v.Answer == "" {
			r.Quiet = append(r.Quiet, v.Action)
		}
	}
	return r
}

func paintRecognition(cell string) output.Color {
	colors := map[string]output.Color{string(ses.Answered): output.Green, string(ses.Exists): output.Green, string(ses.Forbidden): output.Yellow, string(ses.Unknown): output.Faint}
	return colors[cell]
}
