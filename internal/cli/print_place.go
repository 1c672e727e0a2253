package cli

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"

	"github.com/sesctl/sesctl/internal/account"
	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

// placeView is where a command acts, in the JSON of plan and apply.
type placeView struct {
	Profile  string `json:"profile"` // "" if no profile is used
	Endpoint string `json:"endpoint"`
	Region   string `json:"region"`
}

// placeAt returns the place of an account whose settings are known.
func placeAt(at *account.Account) placeView {
	identity, _ := at.PlanIdentity() // only unknown settings would be an error
	return placeView{identity.Profile, identity.Endpoint, identity.Region}
}

// announce prints where the command acts, as the first line on stderr. Programs do not
// get this line.
func (a *app) announce(at *account.Account) error {
	settings, err := at.Settings()
	if err != nil {
		return err
	}
	forPeople := a.flags.format == output.FormatTable || a.flags.format == output.FormatMarkdown
	if a.announced[at] || a.flags.quiet || !forPeople {
		return nil
	}
	a.announced[at] = true
	fmt.Fprintln(a.env.Stderr, "on "+placeText(settings))
	return nil
}

// placeText returns the profile, the region and the host of the endpoint, or the state
// file of the embedded emulator.
func placeText(s config.Settings) string {
	if s.Local {
		return "the local emulator · " + output.Printable(s.LocalState)
	}
	return output.Printable(strings.Join([]string{cmp.Or(s.Profile, config.DefaultProfile), s.Region.Value, endpointHost(s.Endpoint.Value)}, " · "))
}

// endpointHost returns the host of an endpoint, with the port if there is one.
func endpointHost(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" {
		return callback.Mask(endpoint)
	}
	return u.Host
}

// placeName returns where the command acts, in the words of a question.
func placeName(at *account.Account) string {
	settings := at.Known()
	switch {
	case settings == nil:
		return "this account"
	case settings.Local:
		return "the local emulator"
	}
	return "profile " + output.Printable(cmp.Or(settings.Profile, config.DefaultProfile))
}

// placeNames returns where several plans act, in the words of a question.
func placeNames(places []*place) string {
	if len(places) == 1 {
		return placeName(places[0].at)
	}
	names := make([]string, len(places))
	for i, p := range places {
		names[i] = p.at.Profile()
	}
	last := len(names) - 1
	return "profiles " + output.Printable(strings.Join(names[:last], ", ")+" and "+names[last])
}
