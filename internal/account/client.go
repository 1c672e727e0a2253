package account

import (
	"context"

	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/network"
	"github.com/sesctl/sesctl/internal/ses"
	"github.com/sesctl/sesctl/pkg/callback"
)

// quota is the number of calls a second that SES takes for each action, by default
// (API documentation of the actions).
const quota = 20

// EmulatorKey is the key pair of the emulator, id and secret.
const EmulatorKey = "local"

// Client returns the client of the account. It finds the credentials, or opens the
// embedded emulator.
func (a *Account) Client(ctx context.Context) (*ses.Client, error) {
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

// CredentialsFrom returns the source of the client's credentials in words. It is ""
// before [Account.Client] is called.
func (a *Account) CredentialsFrom() string { return a.credentialsFrom }

// Audit returns the audit log of the account.
func (a *Account) Audit(ctx context.Context) (*ses.Audit, error) {
	options, err := a.clientOptions(ctx)
	if err != nil {
		return nil, err
	}
	return ses.NewAudit(options)
}

func (a *Account) clientOptions(ctx context.Context) (ses.Options, error) {
	settings, err := a.Settings()
	if err != nil {
		return ses.Options{}, err
	}
	if err := a.checkEndpoint(settings); err != nil {
		return ses.Options{}, err
	}
	options := ses.Options{
		Endpoint: settings.Endpoint.Value, Region: settings.Region.Value, Table: settings.Table,
		CAFile: settings.CAFile, Getenv: a.options.Getenv, Language: settings.Language,
		Version: a.options.Version, Rate: a.options.Rate, Pause: a.options.Pause, OnCall: a.options.OnCall,
	}
	if options.Rate == 0 && !settings.Loopback() {
		options.Rate = quota
	}
	if settings.Local {
		err = a.embed(ctx, &options)
		a.credentialsFrom = options.Credentials.Source
	} else {
		options.Credentials, err = a.credentials(ctx, settings)
		a.credentialsFrom = options.Credentials.Describe()
	}
	return options, err
}

func (a *Account) checkEndpoint(settings config.Settings) error {
	if settings.Local {
		return nil
	}
	if err := ses.CheckEndpoint(settings.Endpoint.Value); err != nil {
		return err
	}
	if a.options.Flags.LocalState == "" {
		return nil
	}
	return failure.New(failure.Usage, "--local-state needs --local; without it, the command would act on %s", callback.Mask(settings.Endpoint.Value)).
		WithHint("add --local, or leave out --local-state")
}

// embed makes a client call the emulator in this process, instead of the network.
func (a *Account) embed(ctx context.Context, options *ses.Options) error {
	e, err := a.Emulator(ctx)
	if err != nil {
		return err
	}
	options.Endpoint = "http://localhost"
	options.Transport = e.Transport()
	options.Region = config.DefaultRegion
	options.Credentials = ses.Credentials{SecretID: EmulatorKey, SecretKey: EmulatorKey, Source: "the embedded emulator"}
	return nil
}

// Emulator opens the embedded emulator on the local state. It stays open until
// [Account.Release] or [Account.Close].
func (a *Account) Emulator(ctx context.Context) (*emulator.Emulator, error) {
	if a.emulator != nil {
		return a.emulator, nil
	}
	settings, err := a.Settings()
	if err != nil {
		return nil, err
	}
	state, err := settings.LocalStateFile()
	if err != nil {
		return nil, err
	}
	roots, err := network.Roots(network.CertificateFile{Path: settings.CAFile, From: "ca_file"})
	if err != nil {
		return nil, err
	}
	e, err := emulator.Open(ctx, emulator.Options{Table: settings.Table, StateFile: state, Policy: callback.Policy{Ports: settings.AllowedPorts},
		Deliveries: emulator.DeliveryOptions{RootCAs: roots}})
	if err != nil {
		return nil, err
	}
	a.emulator = e
	return e, nil
}

func (a *Account) credentials(ctx context.Context, settings config.Settings) (ses.Credentials, error) {
	return ses.FindCredentials(ctx, ses.CredentialOptions{
		Getenv: a.options.Getenv, Home: config.KnownDirs(a.options.Getenv).Home, Now: a.options.Now,
		Source: settings.Credentials.Source, Name: settings.Credentials.Name, Role: settings.Credentials.Role,
	})
}
