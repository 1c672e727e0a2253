package cli

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/webhook"
	"github.com/sesctl/sesctl/pkg/callback"
)

// destinationFlags are the flags that name where events are sent: to a URL, or to the
// effective callback of a target.
type destinationFlags struct {
	to      string
	target  targetFlags
	headers []string
}

func (d *destinationFlags) add(a *app, cmd *cobra.Command) {
	cmd.Flags().StringVar(&d.to, "to", "", "send to `URL`; needs no account")
	cmd.Flags().BoolVar(&d.target.account, "account", false, "send to the account's callback")
	cmd.Flags().StringArrayVar(&d.target.senders, "sender", nil, "send to the effective callback of the sender `ADDRESS`")
	cmd.Flags().StringArrayVar(&d.headers, "header", nil, "send this `'NAME: VALUE'` header too; repeatable")
	_ = cmd.RegisterFlagCompletionFunc("sender", a.completeSenders)
	_ = cmd.RegisterFlagCompletionFunc("to", cobra.NoFileCompletions)
}

// check refuses wrong usage before anything is contacted.
func (d *destinationFlags) check() error {
	switch {
	case d.to != "" && d.target.given():
		return failure.New(failure.Usage, "--to, --account and --sender cannot be used together")
	case d.to != "":
		return checkReceiver(d.to)
	case !d.target.given():
		return failure.New(failure.Usage, "missing destination").WithHint("use --to URL, --sender ADDRESS or --account")
	}
	_, err := d.target.target()
	return err
}

// checkReceiver refuses a URL that events cannot be sent to. The rules for callbacks do
// not apply, because a receiver under development may listen on any port.
func checkReceiver(rawURL string) error {
	u, err := url.Parse(rawURL)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return failure.New(failure.Usage, "%s is not an http or https URL", callback.Quote(callback.NewURL(rawURL).String())).
			WithHint("write it like http://127.0.0.1:8080/events")
	}
	return nil
}

func (d *destinationFlags) url(ctx context.Context, a *app) (callback.URL, error) {
	if d.to != "" {
		return callback.NewURL(d.to), nil
	}
	target, err := d.target.target()
	if err != nil {
		return callback.URL{}, err
	}
	urls, err := a.account.EffectiveURLs(ctx, target)
	if err != nil {
		return callback.URL{}, err
	}
	// Other processes may use the state of the embedded emulator while events are sent.
	return urls[0], a.account.Release()
}

// header returns the headers to send, with the one that marks a test.
func (d *destinationFlags) header(command string) (http.Header, error) {
	header, err := parseHeaders("--header", d.headers)
	if err == nil {
		header.Set(webhook.TestHeader, command)
	}
	return header, err
}

// parseHeaders reads the values of a flag that sets headers.
func parseHeaders(flag string, texts []string) (http.Header, error) {
	header := http.Header{}
	for _, text := range texts {
		name, value, ok := strings.Cut(text, ":")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		switch {
		case !ok || name == "":
			return nil, failure.New(failure.Usage, "%s: it is not NAME: VALUE", flag) // unquoted: it may be a secret
		case !webhook.ValidHeader(name, value):
			return nil, failure.New(failure.Usage, "%s: the header %s contains a character that is not allowed in headers", flag, callback.Quote(name))
		}
		header.Add(name, value)
	}
	return header, nil
}
