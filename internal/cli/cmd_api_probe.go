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
		Short: "Ask the endpoint which names of reads it knows",
		Long: `Ask the endpoint which names of reads it knows: the name that the API table has,
then likely ones, then those of --action. --dry-run lists them.

Only reads are asked for. A write under a wrong name is never tried: nothing
published proves that it would change nothing. Two calls are made a second.

  answered   the endpoint answered without an error
  exists     it answered with an error about parameters: there is such an action
  unknown    it has no such action, or the action is not open to these keys
  forbidden  access management (CAM) refused: there is such an action
  unclear    it gave another error`,
		Example: `  sesctl api probe
  sesctl api probe get-account-callback --action DescribeEventUrl
  sesctl api probe --save --profile global`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: cobra.FixedCompletions(readNames(), cobra.ShellCompDirectiveNoFileComp),
		RunE:              a.runLong(func(ctx context.Context, args []string) error { return runAPIProbe(ctx, a, o, args) }),
	}
	f := cmd.Flags()
	f.StringArrayVar(&o.actions, "action", nil, "another `NAME` to ask for (repeatable)")
	f.BoolVar(&o.save, "save", false, "write what was found into the profile")
	f.BoolVar(&o.dryRun, "dry-run", false, "list the names, and contact nothing")
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
	if o.save && len(p.found) > 0 {
		if err := a.writeRows(ctx, true, p.found); err != nil {
			return err
		}
	}
	return p.verdict(questions)
}

// questions are the names to ask for: each once, in order.
func (o probeOptions) questions(table sesapi.Table, args []string) ([]question, error) {
	operations := sesapi.Reads()
	if len(args) > 0 {
		operations = nil
	}
	for _, name := range args {
		op := sesapi.Operation(name)
		if !slices.Contains(sesapi.Reads(), op) {
			return nil, failure.New(failure.Usage, "%q is not an operation that only reads", name).WithHint("there are: %s", strings.Join(readNames(), ", "))
		}
		operations = append(operations, op)
	}
	for _, action := range o.actions {
		if !ses.ReadsByName(action) {
			return nil, failure.New(failure.Usage, "--action %q: its name does not say that it only reads, so it is not asked for", shortened(action)).
				WithHint("names such as GetX, ListX and DescribeX are asked for")
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

func shortened(text string) string {
	const longest = 60
	if len(text) > longest {
		return text[:longest] + "…"
	}
	return text
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
	{Name: "parameters", Fit: output.Sentences}, {Name: "message", Fit: output.Sentences},
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
