package output_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/output"
)

type view struct {
	Scope string `json:"scope"`
	URL   string `json:"url"`
	Count int    `json:"count,omitempty"`
}

func example() output.Result {
	return output.Result{
		Data:  []view{{"account", "https://a:8080/?x=<1>&y", 0}, {"sender", "true", 3}},
		Quiet: []string{"one", "two"},
		Table: &output.Table{
			Columns: []output.Column{{Name: "target"}, {Name: "url", Fit: output.URL, Paint: func(string) output.Color { return output.Red }}},
			Rows:    [][]string{{"account", "https://hooks.example.com:8080/" + strings.Repeat("x", 60)}, {"公司", "b\x1b[31m\r\n\u202e"}},
			Empty:   "nothing",
		},
		Text: []string{"that is all"},
	}
}

func print(t *testing.T, p output.Printer, r output.Result) string {
	t.Helper()
	var out bytes.Buffer
	p.Out = &out
	if err := p.Print(r); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestFormats(t *testing.T) {
	t.Parallel()
	long := "https://hooks.example.com:8080/" + strings.Repeat("x", 60)
	for _, test := range []struct {
		name    string
		printer output.Printer
		want    string
	}{
		{"json", output.Printer{Format: output.FormatJSON}, "[\n  {\n    \"scope\": \"account\",\n    \"url\": \"https://a:8080/?x=<1>&y\"\n  },\n  {\n    \"scope\": \"sender\",\n    \"url\": \"true\",\n    \"count\": 3\n  }\n]\n"},
		{"yaml", output.Printer{Format: output.FormatYAML}, "- scope: account\n  url: https://a:8080/?x=<1>&y\n- scope: sender\n  url: 'true'\n  count: 3\n"},
		{"quiet before format", output.Printer{Format: output.FormatJSON, Quiet: true}, "one\ntwo\n"},
		{"table", output.Printer{}, "TARGET   URL\naccount  " + long + "\n公司     b�[31m���\nthat is all\n"},
		{"narrow", output.Printer{Width: 40}, "TARGET   URL\naccount  https://hooks.e…xxxxxxxxxxxxxxx\n公司     b�[31m���\nthat is all\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := print(t, test.printer, example()); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestColor(t *testing.T) {
	t.Parallel()
	if got := print(t, output.Printer{Color: true}, example()); !strings.Contains(got, "\x1b[31mhttps://") {
		t.Errorf("no colour in %q", got)
	}
	if got := print(t, output.Printer{}, example()); strings.Contains(got, "\x1b") {
		t.Errorf("an escape sequence in %q", got)
	}
}

// TestLines paints the spans of a line. Terminal control characters are replaced
// in spans and in sentences, as in cells.
func TestLines(t *testing.T) {
	t.Parallel()
	r := output.Result{
		Lines: []output.Line{{{Text: "- delete", Color: output.Red}, {Text: " a: https://a/\x1b]0;title\a\x1b[2J\u202e"}, {Color: output.Green}}},
		Text:  []string{"gr\u00fcn \r\n", "\x1b[31mred", "\x1b"},
	}
	for _, test := range []struct {
		color bool
		want  string
	}{
		{true, "\x1b[31m- delete\x1b[0m a: https://a/\ufffd]0;title\ufffd\ufffd[2J\ufffd\ngr\u00fcn \ufffd\ufffd\n\ufffd[31mred\n\ufffd\n"},
		{false, "- delete a: https://a/\ufffd]0;title\ufffd\ufffd[2J\ufffd\ngr\u00fcn \ufffd\ufffd\n\ufffd[31mred\n\ufffd\n"},
	} {
		if got := print(t, output.Printer{Color: test.color}, r); got != test.want {
			t.Errorf("in colour %v: got %q, want %q", test.color, got, test.want)
		}
	}
}

func TestWrapped(t *testing.T) {
	t.Parallel()
	r := output.Result{Table: &output.Table{
		Columns: []output.Column{{Name: "a"}, {Name: "b", Fit: output.Sentences}},
		Rows:    [][]string{{"x", "one two three four five six seven eight nine ten"}},
	}}
	for line := range strings.SplitSeq(print(t, output.Printer{Width: 30}, r), "\n") {
		if len(line) > 30 {
			t.Errorf("a line of %d: %q", len(line), line)
		}
	}
}

// TestFoldedText checks that sentences end their lines between words, and that a URL that
// is wider than a line stays whole.
func TestFoldedText(t *testing.T) {
	t.Parallel()
	r := output.Result{Text: []string{"the sender has no callback of its own", "set: https://hooks.example.com:8080/ses"}}
	want := "the sender has no\n  callback of its own\nset:\n  https://hooks.example.com:8080/ses\n"
	if got := print(t, output.Printer{Width: 22}, r); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := print(t, output.Printer{}, r); got != strings.Join(r.Text, "\n")+"\n" {
		t.Errorf("in a pipe: %q", got)
	}
}

func TestEmpty(t *testing.T) {
	t.Parallel()
	r := output.Result{Data: []view{}, Table: &output.Table{Columns: []output.Column{{Name: "a"}}, Empty: "nothing"}}
	for format, want := range map[output.Format]string{output.FormatTable: "nothing\n", output.FormatJSON: "[]\n", output.FormatYAML: "[]\n"} {
		if got := print(t, output.Printer{Format: format}, r); got != want {
			t.Errorf("%s: %q", format, got)
		}
	}
}

func TestParseFormat(t *testing.T) {
	t.Parallel()
	if f, err := output.ParseFormat(""); err != nil || f != output.FormatTable {
		t.Errorf("%v, %v", f, err)
	}
	if _, err := output.ParseFormat("xml"); err == nil || !strings.Contains(err.Error(), "table, json, yaml") {
		t.Errorf("%v", err)
	}
}
