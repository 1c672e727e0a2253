package cli

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/sesctl/sesctl/internal/failure"
)

// TestMessagesBelowABar checks that a message begins a line of its own while a progress
// bar is drawn, and that a bar that was cleared leaves no empty line.
func TestMessagesBelowABar(t *testing.T) {
	t.Parallel()
	for want, writes := range map[string][]string{
		"\rapplying 3% \ninterrupted\n":                  {"\rapplying 3% ", "interrupted\n"},
		"\rapplying 3% \r      \rfailed\n\rapplying 4% ": {"\rapplying 3% ", "\r      \r", "failed\n", "\rapplying 4% "},
		"\rapplying 100% \ndone\n":                       {"\rapplying 100% ", "\n", "done\n"},
		"Apply? [y/N] \nno\n":                            {"Apply? [y/N] ", "\n", "no\n"},
		"Apply? [y/N] not confirmed\n":                   {"Apply? [y/N] ", "not confirmed\n"},
	} {
		var out bytes.Buffer
		w := &oneAtATime{to: &out}
		for _, text := range writes {
			if _, err := io.WriteString(w, text); err != nil {
				t.Fatal(err)
			}
		}
		if out.String() != want {
			t.Errorf("%q, want %q", out.String(), want)
		}
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// TestHelpOnAFullDisk checks that help which could not be printed is a failure, although
// cobra does not return the error.
func TestHelpOnAFullDisk(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"--help"}, {"callback", "--help"}, {"callback"}, {"help", "options"}, {"version"}, {"completion", "bash"}} {
		var errs bytes.Buffer
		status := Main(t.Context(), Env{Args: args, Stdout: failing{fmt.Errorf("it failed")}, Stderr: &errs, Getenv: func(string) string { return "" }})
		if status != failure.Failure.Code() || errs.String() != "sesctl: cannot write to standard output: it failed\n" {
			t.Errorf("%v: exit status %d: %s", args, status, errs.String())
		}
	}
}
