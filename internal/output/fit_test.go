package output_test

import (
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"

	"github.com/sesctl/sesctl/internal/output"
)

const (
	longURL     = "https://hooks.example.com:8080/tencent/ses/production/events?token=***"
	longAddress = "newsletter-weekly@marketing.mail.example.com"
	sentence    = "the URL names no port, which means 443, and SES supports only 8080, 8081 and 8082"
)

func columns() []output.Column {
	return []output.Column{
		{Name: "sender", Fit: output.Address}, {Name: "source"}, {Name: "registered"},
		{Name: "callback", Fit: output.URL, Keep: true}, {Name: "note", Fit: output.Sentences},
		{Name: "attempts", Fit: output.Text}, {Name: "request id", Wide: true},
	}
}

func senders() *output.Table {
	return &output.Table{Columns: columns(), Rows: [][]string{
		{"a@mail.example.com", "account", "yes", longURL, "", "1", "r1"},
		{longAddress, "sender", "yes", longURL + "&x=1", sentence, "2", "r2"},
		{"公司@mail.example.com", "none", "yes", "", "", "1", "r3"},
	}}
}

// TestTerminal shows one table to people and to scripts.
func TestTerminal(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		printer output.Printer
		want    string
	}{
		{"80 cells", output.Printer{Terminal: true, Width: 80}, `
SENDER                                        SOURCE   ATTEMPTS
a@mail.example.com                            account  1
  callback https://hooks.example.com:8080/ten…nt/ses/production/events?token=***
newsletter-weekly@marketing.mail.example.com  sender   2
  callback https://hooks.example.com:8080/ten…es/production/events?token=***&x=1
  note     the URL names no port, which means 443, and SES supports only 8080,
           8081 and 8082
公司@mail.example.com                         none     1
in every row: registered yes
`},
		{"60 cells", output.Printer{Terminal: true, Width: 60}, `
SENDER                                     SOURCE   ATTEMPTS
a@mail.example.com                         account  1
  callback https://hooks.example.co…duction/events?token=***
newsletter-weekly@ma…ing.mail.example.com  sender   2
  callback https://hooks.example.co…ion/events?token=***&x=1
  note     the URL names no port, which means 443, and SES
           supports only 8080, 8081 and 8082
公司@mail.example.com                      none     1
in every row: registered yes
`},
		{"chosen", output.Printer{Terminal: true, Width: 80, Columns: []string{"Request_ID", "registered", "sender"}}, `
REQUEST ID  REGISTERED  SENDER
r1          yes         a@mail.example.com
r2          yes         newsletter-weekly@marketing.mail.example.com
r3          yes         公司@mail.example.com
`},
		{"for scripts", output.Printer{}, `
SENDER                                        SOURCE   REGISTERED  CALLBACK                                                                    NOTE                                                                               ATTEMPTS
a@mail.example.com                            account  yes         https://hooks.example.com:8080/tencent/ses/production/events?token=***                                                                                         1
newsletter-weekly@marketing.mail.example.com  sender   yes         https://hooks.example.com:8080/tencent/ses/production/events?token=***&x=1  the URL names no port, which means 443, and SES supports only 8080, 8081 and 8082  2
公司@mail.example.com                         none     yes                                                                                                                                                                        1
`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := print(t, test.printer, output.Result{Table: senders()})
			if want := strings.TrimPrefix(test.want, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestWidth checks that every line fits the width of the terminal. Addresses are
// not cut as long as they fit beside the columns that are never narrowed.
func TestWidth(t *testing.T) {
	t.Parallel()
	for width := 50; width <= 200; width++ {
		got := print(t, output.Printer{Terminal: true, Width: width}, output.Result{Table: senders()})
		for line := range strings.SplitSeq(got, "\n") {
			if runewidth.StringWidth(line) > width {
				t.Errorf("at %d: a line of %d cells: %q", width, runewidth.StringWidth(line), line)
			}
		}
		if width >= 65 && !strings.Contains(got, longAddress) {
			t.Errorf("at %d: an address was cut:\n%s", width, got)
		}
	}
}

func TestWholeURLs(t *testing.T) {
	t.Parallel()
	got := print(t, output.Printer{Terminal: true, Width: 60, WholeURLs: true}, output.Result{Table: senders()})
	if strings.Count(got, longURL) != 2 {
		t.Errorf("a URL was cut:\n%s", got)
	}
}

func TestWide(t *testing.T) {
	t.Parallel()
	got := print(t, output.Printer{Terminal: true, Width: 60, Wide: true}, output.Result{Table: senders()})
	if header, _, _ := strings.Cut(got, "\n"); len(strings.Fields(header)) != 8 || strings.Contains(got, "…") {
		t.Errorf("not every column, whole:\n%s", got)
	}
}

// TestRepetition checks that values that are the same in every row are left out.
// Exceptions are the column that names the row, columns marked to stay, and a
// table of one row.
func TestRepetition(t *testing.T) {
	t.Parallel()
	table := func(rows ...[]string) output.Result {
		return output.Result{Table: &output.Table{Rows: rows, Columns: []output.Column{
			{Name: "id"}, {Name: "who", Paint: func(string) output.Color { return output.Red }}, {Name: "to", Keep: true}, {Name: "note"},
		}}}
	}
	for _, test := range []struct {
		name   string
		result output.Result
		want   string
	}{
		{"same", table([]string{"1", "me", "x", ""}, []string{"1", "me", "x", ""}), "ID  TO\n1   x\n1   x\nin every row: who me\n"},
		{"different", table([]string{"1", "me", "x", ""}, []string{"1", "you", "x", "n"}), "ID  WHO  TO  NOTE\n1   me   x\n1   you  x   n\n"},
		{"one row", table([]string{"1", "me", "x", ""}), "ID  WHO  TO\n1   me   x\n"},
		{"empty", table([]string{"1", "", "", ""}, []string{"2", "", "", ""}), "ID\n1\n2\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := print(t, output.Printer{Terminal: true}, test.result); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if got := print(t, output.Printer{}, test.result); !strings.HasPrefix(got, "ID  WHO") || strings.Contains(got, "in every row") {
				t.Errorf("for scripts: %q", got)
			}
		})
	}
}
