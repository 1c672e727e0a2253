package output_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/sesctl/sesctl/internal/output"
)

func item() output.Item {
	type data struct {
		URL string `json:"url"`
	}
	return output.Item{Data: data{"https://a.example.com/?a=1&b=2"}, Quiet: "value", Cells: []output.Cell{
		{Text: "bounce", Width: 8, Color: output.Red},
		{Text: "someone@example.com", Width: 24, Fit: output.Address},
		{Text: "a long reason \x1b[31mwith an escape", Fit: output.Text},
	}}
}

func TestPrintItem(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		printer output.Printer
		want    string
	}{
		{"line", output.Printer{}, "bounce    someone@example.com       a long reason \ufffd[31mwith an escape\n"},
		{"cut at the end", output.Printer{Width: 60}, "bounce    someone@example.com       a long reason \ufffd[31mwith…\n"},
		{"in colour", output.Printer{Width: 60, Color: true}, "\x1b[31mbounce    \x1b[0msomeone@example.com       a long reason \ufffd[31mwith…\n"},
		{"the rest below", output.Printer{Width: 40}, "bounce    someone@example.com\n  a long reason \ufffd[31mwith an escape\n"},
		{"addresses last", output.Printer{Width: 24}, "bounce  someone@…ple.com\n  a long reason \ufffd[31mwi…\n"},
		{"on a terminal", output.Printer{Quiet: true, Terminal: true}, "value\n"},
		{"quiet", output.Printer{Quiet: true, Format: output.FormatJSON}, "value\n"},
		{"JSON", output.Printer{Format: output.FormatJSON}, `{"url":"https://a.example.com/?a=1&b=2"}` + "\n"},
		{"YAML", output.Printer{Format: output.FormatYAML}, "---\nurl: https://a.example.com/?a=1&b=2\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			test.printer.Out = &out
			if err := test.printer.PrintItem(item()); err != nil {
				t.Fatal(err)
			}
			if out.String() != test.want {
				t.Errorf("got %q, want %q", out.String(), test.want)
			}
		})
	}
}

func TestPrintItemReportsAFailedWrite(t *testing.T) {
	t.Parallel()
	full := errors.New("no space left")
	printer := output.Printer{Out: writeFunc(func([]byte) (int, error) { return 0, full })}
	if err := printer.PrintItem(item()); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
	printer = output.Printer{Format: output.FormatJSON}
	if err := printer.PrintItem(output.Item{Data: func() {}}); err == nil {
		t.Error("no error for a value that JSON cannot hold")
	}
}

type writeFunc func([]byte) (int, error)

func (f writeFunc) Write(p []byte) (int, error) { return f(p) }
