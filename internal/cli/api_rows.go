package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/capture"
	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// findingView is a row that was found, in JSON and YAML.
type findingView struct {
	Operation sesapi.Operation     `json:"operation"`
	Action    string               `json:"action"`
	Request   map[string]fieldView `json:"request"`
	Response  map[string]fieldView `json:"response"`
	Certain   bool                 `json:"certain"`
	Evidence  string               `json:"evidence"`
	Replaces  replacedView         `json:"replaces"`
}

// replacedView is the row that a finding would replace.
type replacedView struct {
	Action string `json:"action"`
	Mark   string `json:"mark"`
}

var learnColumns = []output.Column{
	{Name: "operation"}, {Name: "now"}, {Name: "found", Keep: true}, {Name: "names", Fit: output.Sentences},
	{Name: "certain", Paint: paintNo, Keep: true}, {Name: "evidence", Fit: output.Sentences},
}

func learnResult(found []capture.Finding, table sesapi.Table) output.Result {
	views := []findingView{}
	r := output.Result{Table: &output.Table{Columns: learnColumns}}
	for _, f := range found {
		before := table.Row(f.Operation)
		row := foundRow(f, before)
		v := findingView{
			Operation: f.Operation, Action: f.Action, Request: requestFields(row), Response: responseFields(f.Response),
			Certain: f.Certain, Evidence: strings.Join(f.Evidence, "; "),
			Replaces: replacedView{before.Action, markOf(before)},
		}
		views = append(views, v)
		names := fieldsText(v.Request)
		if len(v.Response) > 0 {
			names = strings.TrimPrefix(names+"; answer "+fieldsText(v.Response), "-; ")
		}
		r.Quiet = append(r.Quiet, fmt.Sprintf("%s %s", f.Operation, f.Action))
		r.Table.Rows = append(r.Table.Rows, []string{string(f.Operation), before.Action, f.Action, names, yesNo(f.Certain), v.Evidence})
	}
	r.Data = views
	return r
}

func foundRow(f capture.Finding, before sesapi.Row) sesapi.Row {
	before.Request, before.Strings = f.Request, f.Strings
	return before
}

// learnedRows returns the rows of the profile that follow from the findings. A guess
// does not get the mark learned, and its source states that it is a guess.
func learnedRows(found []capture.Finding, now time.Time, source string) map[sesapi.Operation]sesapi.Override {
	rows := map[sesapi.Operation]sesapi.Override{}
	for _, f := range found {
		row := sesapi.Override{Action: f.Action, Request: f.Request, Response: f.Response, Source: source}
		for _, key := range f.Strings {
			if row.Types == nil {
				row.Types = map[string]string{}
			}
			row.Types[key] = sesapi.TypeString
		}
		if f.Certain {
			row.Mark, row.Day = sesapi.Learned, now.Format(time.DateOnly)
		} else {
			row.Source = "a guess from " + source
		}
		rows[f.Operation] = row
	}
	return rows
}

// writeRows asks for confirmation, and then writes the rows into the profile of the
// command.
func (a *app) writeRows(ctx context.Context, yes bool, rows map[sesapi.Operation]sesapi.Override) error {
	settings, err := a.account.Settings()
	if err != nil {
		return err
	}
	if _, err := settings.Table.With(rows); err != nil {
		return failure.New(failure.Failure, "cannot use the names that were found: %w", err)
	}
	path, _ := config.Path(config.KnownDirs(a.env.Getenv), a.env.Getenv)
	if path == "" {
		return failure.New(failure.Failure, "cannot find the configuration folder: the home folder is unknown").
			WithHint("set HOME, or set %s to the path of the configuration file", config.EnvConfig)
	}
	profile := settings.Profile
	if profile == "" {
		profile = config.DefaultProfile
	}
	if !yes {
		if _, err := a.confirm(ctx, fmt.Sprintf("Write %s to profile %s in %s?", plural(len(rows), "row", "rows"), profile, path)); err != nil {
			return err
		}
	}
	backup, err := config.WriteRows(path, profile, rows)
	if err != nil {
		return err
	}
	operations := make([]string, 0, len(rows))
	for operation := range rows {
		operations = append(operations, string(operation))
	}
	slices.Sort(operations)
	a.inform("wrote %s to profile %s in %s", strings.Join(operations, ", "), profile, path)
	if backup != "" {
		a.inform("backup of the previous file: %s", backup)
	}
	a.inform("next: 'sesctl doctor' shows whether the endpoint answers to these names")
	return nil
}
