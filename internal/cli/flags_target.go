package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// targetFlags are the flags that name targets. An argument can name a target too: the
// word account, or an address.
type targetFlags struct {
	account bool
	senders []string
}

func (t *targetFlags) add(a *app, cmd *cobra.Command) {
	cmd.Flags().BoolVar(&t.account, "account", false, "act on the account's callback")
	cmd.Flags().StringArrayVar(&t.senders, "sender", nil, "act on the callback of the sender `ADDRESS`")
	_ = cmd.RegisterFlagCompletionFunc("sender", a.completeSenders)
}

// given reports whether one of the flags was used.
func (t *targetFlags) given() bool { return t.account || len(t.senders) > 0 }

// isTarget reports whether an argument names a target and not a URL.
func isTarget(arg string) bool {
	return arg == string(callback.ScopeAccount) || strings.Contains(arg, "@") && !strings.Contains(arg, "://")
}

// targets returns the targets that the flags and the arguments name, each once, in the
// order of the command line. There may be none.
func (t *targetFlags) targets(args []string) ([]callback.Target, error) {
	var found []callback.Target
	if t.account {
		found = append(found, callback.Account())
	}
	for _, name := range append(slices.Clip(args), t.senders...) {
		target, err := parseTarget(name)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(found, target) {
			found = append(found, target)
		}
	}
	return found, nil
}

// some returns one or more targets, or an error if none is named.
func (t *targetFlags) some(args []string) ([]callback.Target, error) {
	found, err := t.targets(args)
	if err == nil && len(found) == 0 {
		err = failure.New(failure.Usage, "missing TARGET").WithHint("name account or a sender address")
	}
	return found, err
}

// target returns the one target that the flags and the arguments name.
func (t *targetFlags) target(args ...string) (callback.Target, error) {
	found, err := t.some(args)
	if err != nil {
		return callback.Target{}, err
	}
	named := len(args) + len(t.senders)
	if t.account {
		named++
	}
	if named > 1 {
		other := found[len(found)-1]
		return callback.Target{}, failure.New(failure.Usage, "expected one target, but got %d: %s and %s", named, targetName(found[0]), targetName(other)).
			WithHint("name one target: account or a sender address")
	}
	return found[0], nil
}

// splitTargets separates the arguments that name a target from the others.
func splitTargets(args []string) (names, others []string) {
	for _, arg := range args {
		if isTarget(arg) {
			names = append(names, arg)
		} else {
			others = append(others, arg)
		}
	}
	return names, others
}

// checkNamed returns an error if no target is named although a word is given that can
// only be meant as one.
func (t *targetFlags) checkNamed(names, others []string) error {
	if len(names) > 0 || t.given() {
		return nil
	}
	for _, word := range others {
		if !strings.ContainsAny(word, ":/") {
			return failure.New(failure.Usage, "%s is neither account nor a sender address", callback.Quote(word)).
				WithHint("name account or a sender address")
		}
	}
	return nil
}

// parseTarget parses an argument or a value of --sender.
func parseTarget(name string) (callback.Target, error) {
	if name == string(callback.ScopeAccount) {
		return callback.Account(), nil
	}
	return parseSender(name)
}

func parseSender(address string) (callback.Target, error) {
	target, err := callback.ParseSender(address)
	if err != nil {
		return callback.Target{}, failure.New(failure.Usage, "%w", err).
			WithHint("write an address such as noreply@mail.example.com")
	}
	return target, nil
}
