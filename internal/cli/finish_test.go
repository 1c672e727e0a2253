package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
)

func TestPrintable(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ message, want string }{
		{"no file \x1b[31mred\x07\r", "no file \ufffd[31mred\ufffd\ufffd"},
		{"a.yaml:1:1: one\na.yaml:2:1: two", "a.yaml:1:1: one\na.yaml:2:1: two"},
		{strings.Repeat("é", longestLine), strings.Repeat("é", longestLine/2) + "…"},
		{"x" + strings.Repeat("é", longestLine), "x" + strings.Repeat("é", longestLine/2-1) + "…"},
	} {
		if got := printable(test.message); got != test.want {
			t.Errorf("%.40q becomes %.40q, %d bytes; want %.40q", test.message, got, len(got), test.want)
		}
	}
}

// TestCancelled ends commands by a cancelled context, both from the user and from the
// program itself.
func TestCancelled(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name        string
		interrupted bool
		err         error
		status      int
		says        string
	}{
		{"by the user", true, context.Canceled, 130, "interrupted"},
		{"by the user, in a failure", true, failure.New(failure.Failure, "cannot read: %w", context.Canceled), 130, "interrupted"},
		{"by the program", false, fmt.Errorf("cannot read: %w", context.Canceled), 1, "cannot read: context canceled"},
		{"by the program, in a failure", false, failure.New(failure.Failure, "cannot read: %w", context.Canceled), 1, "cannot read: context canceled"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var interrupt context.CancelFunc
			var stderr strings.Builder
			a := newApp(Env{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: &stderr,
				Getenv: func(string) string { return "" },
				Interrupts: func(ctx context.Context) (context.Context, func()) {
					ctx, interrupt = context.WithCancel(ctx)
					return ctx, interrupt
				}})
			root := newRoot(a)
			root.AddCommand(&cobra.Command{Use: "wait", RunE: a.run(func(context.Context, []string) error {
				if test.interrupted {
					interrupt()
				}
				return test.err
			})})
			root.SetArgs([]string{"wait"})
			status := a.finish(root, root.ExecuteContext(t.Context()))
			if want := "sesctl: " + test.says + "\n"; status != test.status || stderr.String() != want {
				t.Errorf("exit status %d, %q; want %d, %q", status, stderr.String(), test.status, want)
			}
		})
	}
}
