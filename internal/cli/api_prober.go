package cli

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/capture"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/ses"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// question is one action name to try at the endpoint.
type question struct {
	operation sesapi.Operation
	action    string
}

// prober tries action names at an endpoint.
type prober struct {
	app    *app
	client *ses.Client
	table  sesapi.Table
	local  bool // the endpoint is on this machine, and needs no pauses
	// answersAll reports whether the endpoint also answers for an action that cannot
	// exist. If it does, its answers prove nothing.
	answersAll bool
	asked      int
	views      []probeView
	found      map[sesapi.Operation]sesapi.Override
	nameless   []question // whose answers show no names of fields
}

// noSuchAction is a name that no service has.
const noSuchAction = "GetSesctlControlThatDoesNotExist"

func (p *prober) control(ctx context.Context) error {
	row := p.table.Row(sesapi.GetAccountCallback)
	got, err := p.call(ctx, row, noSuchAction)
	if err != nil {
		return err
	}
	if p.answersAll = got.Recognition != ses.Unknown; p.answersAll {
		p.app.warn("for an action that does not exist (%s) the endpoint answers %q, so its answers do not show which names it knows", noSuchAction, cmp.Or(got.Code, "no error"))
	}
	return nil
}

// probePause is the time between two calls: two calls a second.
const probePause = 500 * time.Millisecond

func (p *prober) call(ctx context.Context, row sesapi.Row, action string) (ses.Asked, error) {
	if p.asked > 0 && !p.local {
		if err := p.app.pause(ctx, probePause); err != nil {
			return ses.Asked{}, err
		}
	}
	p.asked++
	return p.client.Ask(ctx, row, action)
}

func (p *prober) ask(ctx context.Context, q question) error {
	row := p.table.Row(q.operation)
	got, err := p.call(ctx, row, q.action)
	if err != nil {
		return err
	}
	if p.answersAll {
		got.Recognition = ses.Unclear
	}
	v := probeView{Operation: q.operation, Action: q.action, Answer: got.Recognition, Code: got.Code, Parameters: []string{}, Message: got.Message}
	v.Parameters = append(v.Parameters, got.Parameters...)
	if got.Permission != "" {
		v.Message = cmp.Or(v.Message, "") + " (permission " + got.Permission + ")"
	}
	p.views = append(p.views, v)
	if got.Recognition == ses.Answered {
		p.note(row, q, got)
	}
	return nil
}

// note keeps what an answer shows about a row of the API table: that the action name of
// the row is right, or the field names of another action.
func (p *prober) note(row sesapi.Row, q question, got ses.Asked) {
	if _, known := p.found[q.operation]; known {
		return
	}
	override := sesapi.Override{Action: q.action, Mark: sesapi.Probed, Day: p.app.env.Now().Format(time.DateOnly), Source: "the endpoint answered"}
	if q.action != row.Action {
		c := capture.Capture{Calls: []capture.Call{{Action: q.action, Answer: got.Fields}}}
		found := c.Learn(capture.Known{}, p.table)
		i := slices.IndexFunc(found, func(f capture.Finding) bool { return f.Operation == q.operation })
		if i < 0 {
			p.nameless = append(p.nameless, q) // an answer without a callback shows no names
			return
		}
		override.Response = found[i].Response
	}
	if p.found == nil {
		p.found = map[sesapi.Operation]sesapi.Override{}
	}
	p.found[q.operation] = override
}

// warnNameless warns about actions that answered, but whose names cannot be saved.
func (p *prober) warnNameless() {
	for _, q := range p.nameless {
		if _, known := p.found[q.operation]; !known {
			p.app.warn("%s was not saved for %s: its answer contains no callback, so the names of its fields are not known; set a callback and run this again", q.action, q.operation)
		}
	}
}

// verdict returns a finding if the endpoint does not know any of the names tried for an
// operation.
func (p *prober) verdict(questions []question) error {
	var missing []string
	for _, q := range questions {
		name := string(q.operation)
		known := slices.ContainsFunc(p.views, func(v probeView) bool {
			return v.Operation == q.operation && (v.Answer == ses.Answered || v.Answer == ses.Exists || v.Answer == ses.Forbidden)
		})
		if !known && !slices.Contains(missing, name) {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return failure.New(failure.Finding, "the endpoint does not know any of the names that were tried for %s", strings.Join(missing, ", ")).
		WithHint("'sesctl api learn FILE' reads the true names from a capture of the console")
}
