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

// Choose returns the profiles that a command acts for: the given ones, with the flag
// that they were given by; else the one of the environment; else the ones that a
// declaration names. With none, the settings decide. A profile that the declaration
// does not name is refused, because the declaration is meant for others.
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
