package account

import (
	"slices"
	"strings"

	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// Chosen are the profiles that a command acts for.
type Chosen struct {
	Names []string
	From  string // what names them, for messages
}

// Choose returns the profiles that a command acts for. The given profiles come first,
// then the profile of the environment, then the profiles of the declaration. If there are
// none, the settings decide. The error has kind usage: a name is empty or given twice, or
// the declaration is not for it.
func Choose(given Chosen, getenv func(string) string, declared []string) (Chosen, error) {
	c := given
	if name := getenv(config.EnvProfile); len(c.Names) == 0 && name != "" {
		c = Chosen{[]string{name}, config.EnvProfile}
	}
	if len(c.Names) == 0 {
		c = Chosen{declared, "the declaration"}
	}
	for i, name := range c.Names {
		switch {
		case name == "" && len(c.Names) > 1:
			return c, failure.New(failure.Usage, "%s: the profile name is empty", c.From)
		case slices.Contains(c.Names[:i], name):
			return c, failure.New(failure.Usage, "%s: the profile %s is named twice", c.From, callback.Quote(name))
		case len(declared) > 0 && !slices.Contains(declared, name):
			return c, failure.New(failure.Usage, "the declaration is not for the profile %s (from %s)", callback.Quote(name), c.From).
				WithHint("its profiles are: %s", strings.Join(declared, ", "))
		}
	}
	return c, nil
}
