package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/account"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

// addFromHistory adds the flag --from-history, for commands that can answer from the
// history.
func addFromHistory(cmd *cobra.Command, given *bool) {
	cmd.Flags().BoolVar(given, "from-history", false, "show what sesctl last wrote from this machine, without reading the account")
}

// remembered is what this machine last wrote to an account. It may be stale, because the
// account may have been changed elsewhere since.
type remembered struct {
	callbacks callback.Set
	times     map[callback.Target]time.Time
}

// remember reads the history of the account, and warns that the account itself was not
// read.
func (a *app) remember(ctx context.Context, at *account.Account) (remembered, error) {
	identity, err := at.Identity()
	if err != nil {
		return remembered{}, err
	}
	history, err := a.history(ctx, at)
	if err != nil {
		return remembered{}, err
	}
	r := remembered{times: map[callback.Target]time.Time{}}
	for target, entry := range history.Written(identity) {
		r.times[target] = entry.Time
		if !entry.Change.New.IsZero() {
			r.callbacks = r.callbacks.With(target, entry.Change.New)
		}
	}
	a.warnAt(at, "showing what sesctl last wrote from this machine; the account was not read")
	return r, nil
}

// rememberedColumns are the columns of get and list. The last one is shown only with
// --from-history.
var rememberedColumns = []output.Column{{Name: "target"}, {Name: "callback"}, {Name: "as of"}}

// asOf returns the time of the last change of a target, for JSON and YAML.
func (r remembered) asOf(t callback.Target) string {
	if r.times[t].IsZero() {
		return ""
	}
	return r.times[t].UTC().Format(time.RFC3339)
}

// asOfView is the key for the time of an answer from the history.
type asOfView struct {
	AsOf string `json:"as_of"`
}

// asOfCell returns the time of an answer from the history, for a table.
func (r remembered) asOfCell(t callback.Target) string {
	if at := r.times[t]; !at.IsZero() {
		return at.Local().Format(time.DateTime)
	}
	return "never"
}
