package cli

import (
	"context"

	"github.com/sesctl/sesctl/internal/account"
	"github.com/sesctl/sesctl/internal/journal"
)

// history reads the journal, and warns of damaged lines in it.
func (a *app) history(ctx context.Context, at *account.Account) (journal.History, error) {
	j, err := at.Journal()
	if err != nil {
		return journal.History{}, err
	}
	history, err := j.Read(ctx)
	const each = 5
	for i, d := range history.Damage {
		if i == each {
			a.warn("%s: %s also skipped", j.Path(), plural(len(history.Damage)-each, "line was", "lines were"))
			break
		}
		a.warn("%s: %s", j.Path(), d)
	}
	return history, err
}

func entryTarget(e journal.Entry) string { return targetName(e.Change.Target) }
