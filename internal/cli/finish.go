package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/output"
)

// Messages have the form "sesctl: what failed: why", in lower case and without a full
// stop. A line "hint: " follows for each next step. A message never contains a secret:
// callback URLs are masked when a message is built, and withoutSecrets masks the whole
// message again.

// finish reports err and returns the exit status.
func (a *app) finish(root *cobra.Command, err error) int {
	if failed := a.stdout.failed.Load(); err == nil && failed != nil {
		err = failed
	}
	if err == nil {
		a.flushWarnings()
		return 0
	}
	// The reader of the output is gone, as after "| head". Help, and a command that
	// prints until it is stopped, have then done their work, so this is not an error.
	if errors.Is(err, errReaderGone) {
		return 0
	}
	var status exitStatus
	if errors.As(err, &status) {
		return int(status)
	}
	e := a.classify(root, err)
	a.report(e)
	return e.Kind.Code()
}

// classify returns err with its kind. Errors of cobra have no kind: an error before a
// run method begins is wrong usage.
func (a *app) classify(root *cobra.Command, err error) *failure.Error {
	var e *failure.Error
	var path *fs.PathError
	isFailure := errors.As(err, &e)
	switch {
	case errors.Is(err, context.Canceled) && a.interrupted && (!isFailure || e.Kind == failure.Failure):
		return failure.New(failure.Interrupted, "interrupted")
	case errors.Is(err, context.DeadlineExceeded) && strings.Contains(err.Error(), context.DeadlineExceeded.Error()):
		message := strings.ReplaceAll(err.Error(), context.DeadlineExceeded.Error(), "timed out after "+a.flags.timeout.String())
		return failure.New(failure.Failure, "%s", message).WithHint("use a longer --timeout")
	case isFailure:
		return &failure.Error{Kind: failure.KindOf(err), Err: err, Hints: failure.HintsOf(err), APICode: e.APICode, RequestID: e.RequestID}
	case !a.started && !errors.As(err, &path): // completion writes before a run method begins
		return failure.New(failure.Usage, "%w", err).WithHint("see '%s --help'", usedCommand(root, a.env.Args))
	}
	return &failure.Error{Kind: failure.Failure, Err: err}
}

func usedCommand(root *cobra.Command, args []string) string {
	if cmd, _, err := root.Find(args); err == nil {
		return cmd.CommandPath()
	}
	return root.CommandPath()
}

func (a *app) report(e *failure.Error) {
	if a.flags.format == output.FormatJSON || a.flags.format == "" && wantsJSON(a) {
		a.reportJSON(e)
		return
	}
	a.flushWarnings()
	message := printable(a.withoutSecrets(e.Error()))
	if e.RequestID != "" {
		message += " (request " + e.RequestID + ")"
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%s %s\n", output.Line{{Text: "sesctl:", Color: output.Red}}.Paint(a.color(a.env.StderrTerminal)), message)
	for _, hint := range e.Hints {
		fmt.Fprintf(&out, "hint: %s\n", printable(a.withoutSecrets(hint)))
	}
	fmt.Fprint(a.env.Stderr, out.String())
}

// wantsJSON reports whether the command line asks for JSON. It reads the arguments
// itself, because flags may not have been parsed when the command line is refused.
func wantsJSON(a *app) bool {
	if a.flags.output != "" {
		return a.flags.output == string(output.FormatJSON)
	}
	for i, arg := range a.env.Args {
		switch {
		case arg == "--output=json" || arg == "-ojson" || arg == "-o=json":
			return true
		case (arg == "-o" || arg == "--output") && i+1 < len(a.env.Args) && a.env.Args[i+1] == "json":
			return true
		}
	}
	return a.env.Getenv("SESCTL_OUTPUT") == string(output.FormatJSON)
}

func (a *app) reportJSON(e *failure.Error) {
	type body struct {
		Kind      failure.Kind `json:"kind"`
		Message   string       `json:"message"`
		Hint      string       `json:"hint,omitempty"`
		APICode   string       `json:"api_code,omitempty"`
		RequestID string       `json:"request_id,omitempty"`
	}
	encoder := json.NewEncoder(a.env.Stderr)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(map[string]body{"error": {
		Kind: e.Kind, Message: printable(a.withoutSecrets(e.Error())), Hint: printable(a.withoutSecrets(strings.Join(e.Hints, "; "))),
		APICode: e.APICode, RequestID: e.RequestID,
	}})
}

// longestLine is the length at which a line of a message is cut, in bytes. Only lines
// that repeat input or file names can be this long.
const longestLine = 2000

// printable returns a message without control characters for the terminal, and with long
// lines cut.
func printable(message string) string {
	lines := strings.Split(message, "\n")
	for i, line := range lines {
		if len(line) > longestLine {
			line = strings.ToValidUTF8(line[:longestLine], "") + "…"
		}
		lines[i] = output.Printable(line)
	}
	return strings.Join(lines, "\n")
}

func (a *app) flushWarnings() {
	for _, line := range a.held {
		fmt.Fprintln(a.env.Stderr, line)
	}
	a.held = nil
}

// exitStatus is the exit status of another program, which has already reported its
// error.
type exitStatus int

func (s exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(s)) }
