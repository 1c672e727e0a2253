package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/ses"
	"github.com/sesctl/sesctl/pkg/callback"
)

// store returns the callbacks of the account that the command acts on.
func (a *app) store(ctx context.Context) (callback.Store, error) {
	client, err := a.openClient(ctx)
	if err != nil {
		return nil, err
	}
	return a.record(client, *a.settings)
}

// read reads parts of the account; what it returns beside is for changing it.
func (a *app) read(ctx context.Context, parts callback.Parts) (callback.Store, callback.Snapshot, error) {
	store, err := a.store(ctx)
	if err != nil {
		return nil, callback.Snapshot{}, err
	}
	snapshot, err := store.Load(ctx, parts)
	return store, snapshot, err
}

// readTarget reads what a change of one target needs, and fails where it is a
// sender that the account does not have.
func (a *app) readTarget(ctx context.Context, t callback.Target) (callback.Store, callback.Snapshot, error) {
	parts := callback.PartOf(t)
	if !t.IsAccount() {
		parts |= callback.PartSenders
	}
	store, snapshot, err := a.read(ctx, parts)
	if err == nil {
		err = requireSender(snapshot, t)
	}
	return store, snapshot, err
}

func (a *app) openClient(ctx context.Context) (*ses.Client, error) {
	if a.client != nil {
		return a.client, nil
	}
	options, err := a.clientOptions(ctx)
	if err != nil {
		return nil, err
	}
	a.client, err = ses.New(options)
	return a.client, err
}

// openAudit returns the audit log of the account that the command acts on.
func (a *app) openAudit(ctx context.Context) (*ses.Audit, config.Settings, error) {
	options, err := a.clientOptions(ctx)
	if err != nil {
		return nil, config.Settings{}, err
	}
	audit, err := ses.NewAudit(options)
	return audit, *a.settings, err
}

// clientOptions says which account a client acts on.
func (a *app) clientOptions(ctx context.Context) (ses.Options, error) {
	settings, err := a.where()
	if err != nil {
		return ses.Options{}, err
	}
	if !settings.Local {
		if err := ses.CheckEndpoint(settings.Endpoint.Value); err != nil {
			return ses.Options{}, err
		}
		if a.flags.localState != "" {
			return ses.Options{}, failure.New(failure.Usage, "--local-state is given without --local, and the command would act on %s", callback.Mask(settings.Endpoint.Value)).
				WithHint("add --local, or leave --local-state out")
		}
	}
	options := ses.Options{
		Endpoint: settings.Endpoint.Value, Region: settings.Region.Value, Table: settings.Table,
		CAFile: settings.CAFile, Getenv: a.env.Getenv, Language: settings.Language,
		Version: "sesctl-" + a.env.Build.Version, Rate: a.flags.rate,
		Pause: a.env.Pause,
	}
	if options.Rate == 0 && !settings.Loopback() {
		options.Rate = quota
	}
	if a.flags.verbose {
		options.OnCall = a.logCall
	}
	if settings.Local {
		err = a.embed(ctx, settings, &options)
	} else {
		options.Credentials, err = a.credentials(ctx, settings)
	}
	if err != nil {
		return ses.Options{}, err
	}
	a.credentialsFrom = options.Credentials.Source
	if !settings.Local {
		a.credentialsFrom = options.Credentials.Describe()
	}
	return options, nil
}

// quota is the number of calls a second that SES takes for each action, by default
// (API documentation of the actions).
const quota = 20

const localKey = "local" // the key pair of the emulator, id and secret

// embed puts the emulator behind the client, in this process.
func (a *app) embed(ctx context.Context, settings config.Settings, options *ses.Options) error {
	state, err := settings.LocalStateFile()
	if err != nil {
		return err
	}
	e, err := emulator.Open(ctx, emulator.Options{
		Table: settings.Table, StateFile: state,
		Policy: callback.Policy{Ports: settings.AllowedPorts},
	})
	if err != nil {
		return err
	}
	a.emulator = e
	options.Endpoint = "http://localhost"
	options.Transport = e.Transport()
	options.Region = config.DefaultRegion
	options.Credentials = ses.Credentials{SecretID: localKey, SecretKey: localKey, Source: "the embedded emulator"}
	return nil
}

func (a *app) credentials(ctx context.Context, settings config.Settings) (ses.Credentials, error) {
	return ses.FindCredentials(ctx, ses.CredentialOptions{
		Getenv: a.env.Getenv, Home: config.KnownDirs(a.env.Getenv).Home, Now: a.env.Now,
		Source: settings.Credentials.Source, Name: settings.Credentials.Name, Role: settings.Credentials.Role,
	})
}

func (a *app) logCall(c ses.Call) {
	id := c.RequestID
	if id == "" {
		id = "-"
	}
	fmt.Fprintf(a.env.Stderr, "%s %s %s %s\n", c.Action, c.Outcome, id, c.Duration.Round(10*time.Microsecond))
}
