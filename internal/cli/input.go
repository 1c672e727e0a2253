package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
	"github.com/sesctl/sesctl/internal/yamltext"
	"github.com/sesctl/sesctl/pkg/callback"
)

// standardInput is the name of standard input in messages.
const standardInput = "standard input"

// openInput opens a file to read, or standard input if path is "-". It also returns the
// name of the input for messages. The error does not state what was to be read.
func (a *app) openInput(path string) (in io.ReadCloser, name string, err error) {
	if path == "-" {
		return io.NopCloser(a.env.Stdin), standardInput, nil
	}
	file, err := files.Open(path)
	if err != nil {
		return nil, "", err
	}
	return file, path, nil
}

// maxURLFile is the largest size of a file that holds a URL, in bytes.
const maxURLFile = 64 * 1024

// notURL returns the problem of a text that is not an http or https URL. Found is false if
// it is one, even if it breaks other rules.
func notURL(text string) (problem callback.Problem, found bool) {
	for _, p := range callback.CheckURL(text, callback.Policy{PrivateHosts: true}) {
		if p.Rule == "url-syntax" || p.Rule == "url-scheme" {
			return p, true
		}
	}
	return callback.Problem{}, false
}

// checkURL returns one usage error for all rules that a URL breaks, and prints its
// warnings. The URL is not repeated if it was read from a file, because the user may have
// named the wrong file.
func (a *app) checkURL(url callback.URL, file string) error {
	policy, err := a.account.Policy()
	if err != nil {
		return err
	}
	var refused *failure.Error
	var warnings []callback.Problem
	for _, p := range callback.CheckURL(url.Whole(), policy) {
		switch {
		case p.Severity != callback.SeverityError:
			warnings = append(warnings, p)
			continue
		case refused == nil:
			refused = a.invalidURL(url, file, p)
		default:
			refused.Err = fmt.Errorf("%w; %s (%s)", refused.Err, p.Message, p.Rule)
		}
		refused = refused.WithHint("%s", p.Hint)
	}
	if refused == nil && len(warnings) > 0 {
		if err := a.announce(a.account); err != nil {
			return err
		}
	}
	for _, p := range warnings {
		a.warn("%s: %s (%s)", p.Rule, p.Message, p.Hint)
	}
	if refused == nil {
		return nil
	}
	return refused
}

// invalidURL returns the error about a rule that a URL breaks.
func (a *app) invalidURL(url callback.URL, file string, p callback.Problem) *failure.Error {
	switch {
	case file == "-":
		return failure.New(failure.Usage, "invalid URL in %s: %s (%s)", standardInput, p.Message, p.Rule)
	case file != "":
		return failure.New(failure.Usage, "invalid URL in %s: %s (%s)", file, p.Message, p.Rule)
	case !url.IsZero():
		return failure.New(failure.Usage, "invalid URL %s: %s (%s)", a.url(url), p.Message, p.Rule)
	}
	return failure.New(failure.Usage, "invalid URL: %s (%s)", p.Message, p.Rule)
}

// readURL reads a URL from a file, or from standard input if path is "-", for a URL that
// must not be on the command line.
func (a *app) readURL(path string) (string, error) {
	in, name, err := a.openInput(path)
	if err != nil {
		wrong := failure.New(failure.Failure, "cannot read the URL: %w", err)
		if mayBeURL(path) {
			wrong = wrong.WithHint("--url-file names a file; give the URL itself as an argument")
		}
		return "", wrong
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, maxURLFile+1))
	switch {
	case err != nil:
		return "", failure.New(failure.Failure, "cannot read %s: %w", name, err)
	case len(data) > maxURLFile:
		return "", failure.New(failure.Usage, "%s is not a URL: it has more than %d bytes", name, maxURLFile)
	}
	if reason := yamltext.Encoding(data); reason != "" {
		return "", failure.New(failure.Usage, "%s: %s", name, reason)
	}
	text := strings.TrimRight(strings.TrimPrefix(string(data), "\ufeff"), "\r\n")
	switch {
	case text == "":
		return "", failure.New(failure.Usage, "%s is empty", name)
	case strings.Contains(text, "\n"):
		return "", failure.New(failure.Usage, "invalid URL in %s: it has more than one line; it must hold only the URL", name)
	}
	return text, nil
}
