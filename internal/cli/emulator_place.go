package cli

import (
	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/ses"
	"github.com/sesctl/sesctl/pkg/callback"
)

// emulatorPlace is the emulator that a command acts on: one that is being served, or the
// local state.
type emulatorPlace struct {
	served   bool
	client   emulator.Client // of one that is served
	settings config.Settings
}

// emulatorPlace returns the emulator to act on: the one at --endpoint, or the local
// state if no endpoint is given. It prints which one it is.
func (a *app) emulatorPlace() (emulatorPlace, error) {
	settings, err := a.account.Settings()
	if err != nil {
		return emulatorPlace{}, err
	}
	given := settings.Endpoint.From == "--endpoint" || settings.Endpoint.From == config.EnvEndpoint
	if settings.Local || !given && !settings.Loopback() {
		if _, err := settings.LocalStateFile(); err != nil {
			return emulatorPlace{}, err
		}
		a.inform("on the local emulator · %s", settings.LocalState)
		return emulatorPlace{settings: settings}, nil
	}
	if a.flags.localState != "" {
		return emulatorPlace{}, failure.New(failure.Usage, "--local-state has no effect on the emulator at %s", callback.Mask(settings.Endpoint.Value)).
			WithHint("leave out --local-state or the endpoint")
	}
	if err := ses.CheckEndpoint(settings.Endpoint.Value); err != nil {
		return emulatorPlace{}, err
	}
	if !settings.Loopback() {
		return emulatorPlace{}, failure.New(failure.Usage, "%s is not an emulator on this machine", callback.Mask(settings.Endpoint.Value)).
			WithHint("use --local, or --endpoint with the URL that 'sesctl emulator serve' prints")
	}
	a.inform("on the emulator at %s", callback.Mask(settings.Endpoint.Value))
	return emulatorPlace{true, emulator.Client{Endpoint: settings.Endpoint.Value, CAFile: settings.CAFile}, settings}, nil
}

// where names the emulator in a result.
func (p emulatorPlace) where() string {
	if p.served {
		return callback.Mask(p.settings.Endpoint.Value)
	}
	return p.settings.LocalState
}
