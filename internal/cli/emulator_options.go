package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// maxScenario is the largest size of a scenario file, in bytes.
const maxScenario = 1 << 20

// emulator returns the options of the emulator, as the flags set them.
func (o serveOptions) emulator(a *app) (emulator.Options, error) {
	if err := o.check(); err != nil {
		return emulator.Options{}, err
	}
	settings, err := a.account.Settings()
	if err != nil {
		return emulator.Options{}, err
	}
	options := emulator.Options{AllowSimple: o.simple, Deny: o.deny, Unverified: o.unverified, Limits: emulator.Limits{Quota: o.quota},
		Keys: map[string]string{o.secretID: o.secretKey}, Table: settings.Table, Senders: o.senders,
		Policy:     callback.Policy{Ports: settings.AllowedPorts},
		Deliveries: emulator.DeliveryOptions{Anywhere: o.anywhere}, FaultSeed: o.faultSeed,
	}
	trusted, err := a.network()
	if err != nil {
		return emulator.Options{}, err
	}
	options.Deliveries.RootCAs = trusted.RootCAs
	for _, operation := range o.without {
		options.Without = append(options.Without, sesapi.Operation(operation))
	}
	for _, limit := range o.limits {
		if err := options.Limits.Set(limit); err != nil {
			return emulator.Options{}, err
		}
	}
	for _, spec := range o.faults {
		fault, err := emulator.ParseFault(spec)
		if err != nil {
			return emulator.Options{}, err
		}
		options.Faults = append(options.Faults, fault)
	}
	if err := o.readFiles(&options); err != nil {
		return emulator.Options{}, err
	}
	if !a.flags.quiet {
		log := &emulatorLog{app: a}
		options.OnRequest, options.OnAttempt = log.request, log.attempt
	}
	switch {
	case o.memory:
	case o.state != "":
		options.StateFile = o.state
	default:
		options.StateFile, err = settings.LocalStateFile()
	}
	return options, err
}

// check refuses flags that contradict each other.
func (o serveOptions) check() error {
	switch {
	case o.memory && o.state != "":
		return failure.New(failure.Usage, "--state and --memory cannot be used together")
	case o.secretID == "" || o.secretKey == "":
		return failure.New(failure.Usage, "--secret-id and --secret-key must not be empty")
	case o.quota < 0:
		return failure.New(failure.Usage, "--quota must not be negative")
	}
	for _, address := range o.senders {
		if _, err := parseSender(address); err != nil {
			return err
		}
	}
	for _, host := range slices.Concat(o.hosts, o.webHosts) {
		if err := emulator.CheckHost(host); err != nil {
			return err
		}
	}
	return nil
}

// readFiles reads the scenario and the API rows.
func (o serveOptions) readFiles(options *emulator.Options) error {
	var err error
	if o.api != "" {
		if options.Table, err = config.LoadRows(o.api, options.Table); err != nil {
			return err
		}
	}
	if o.scenario == "" {
		return nil
	}
	data, err := files.Read(o.scenario, maxScenario)
	switch {
	case errors.Is(err, files.ErrTooLarge):
		return failure.New(failure.Usage, "cannot read the scenario: %w", err)
	case err != nil:
		return failure.New(failure.Failure, "cannot read the scenario: %w", err)
	}
	encoded, err := config.JSON(o.scenario, data)
	if err == nil {
		options.Scenario, err = emulator.ParseScenario(encoded)
	}
	return err
}

// faultHelp returns the list of faults for help texts.
func faultHelp() string {
	var text strings.Builder
	for _, fault := range emulator.Faults() {
		fmt.Fprintf(&text, "  %-24s %s\n", fault.Spec, fault.Summary)
	}
	return strings.TrimSuffix(text.String(), "\n")
}
