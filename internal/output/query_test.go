package output_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/output"
)

func now() time.Time { return time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC) }

func parse(t *testing.T, language, text string) output.Query {
	t.Helper()
	query, err := output.ParseJQ(text)
	if language == "template" {
		query, err = output.ParseTemplate(text, now)
	}
	if err != nil {
		t.Fatal(err)
	}
	return query
}

func TestQueries(t *testing.T) {
	t.Parallel()
	type item struct {
		URL   string   `json:"url"`
		Time  string   `json:"time"`
		Count int64    `json:"count"`
		Ratio float64  `json:"ratio"`
		List  []string `json:"list"`
		None  *string  `json:"none"`
	}
	data := []item{{"https://a/?b=1&c=<2>", "2026-01-31T09:00:00Z", 9007199254740993, 0.25, []string{"x", "y"}, nil}, {URL: "公司"}}
	for _, test := range []struct{ language, text, want string }{
		{"jq", ".[].url", "https://a/?b=1&c=<2>\n公司\n"},
		{"jq", ".[0].count, .[0].ratio, .[0].none, true", "9007199254740993\n0.25\n\ntrue\n"},
		{"jq", ".[0] | {url, list}", `{"list":["x","y"],"url":"https://a/?b=1&c=<2>"}` + "\n"},
		{"jq", `.[] | [.url, .count] | @csv`, "\"https://a/?b=1&c=<2>\",9007199254740993\n\"公司\",0\n"},
		{"jq", "empty", ""},
		{"jq", "1, halt, 2", "1\n"},
		{"jq", "env, $ENV", "{}\n{}\n"},
		{"jq", `{a: "\u202e"}`, `{"a":"\u202e"}` + "\n"},
		{"template", `{{range .}}{{.url}}{{"\n"}}{{end}}`, "https://a/?b=1&c=<2>\n公司\n"},
		{"template", "{{len .}}", "2\n"},
		{"template", "", ""},
		{"template", `{{with index . 0}}{{.url | json}} {{join "+" .list}} {{upper "é"}} {{ago .time}} {{.count}} {{if gt .ratio 0.2}}more{{end}}{{end}}`,
			`"https://a/?b=1&c=<2>" x+y É 3 hours ago 9007199254740993 more` + "\n"},
		{"template", `{{truncate 5 "公司公司"}}|{{truncate 9 "short"}}`, "公司…|short\n"},
		{"template", `{{define "row"}}{{.url}};{{end}}{{range .}}{{template "row" .}}{{end}}`, "https://a/?b=1&c=<2>;公司;\n"},
	} {
		t.Run(test.language+" "+test.text, func(t *testing.T) {
			t.Parallel()
			p := output.Printer{Format: output.FormatQuery, Query: parse(t, test.language, test.text)}
			if got := print(t, p, output.Result{Data: data}); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestAgo(t *testing.T) {
	t.Parallel()
	for moment, want := range map[string]string{
		"2026-01-31T11:59:30Z": "just now", "2026-01-31T11:59:00Z": "1 minute ago", "2026-01-31T19:30:00+08:00": "30 minutes ago",
		"2026-01-30T12:00:00Z": "1 day ago", "2025-12-24T12:00:00.5Z": "37 days ago", "2025-11-01T00:00:00Z": "3 months ago",
		"2023-01-31T12:00:00Z": "3 years ago", "2026-01-31T12:00:10Z": "just now", "2026-02-01T00:00:00Z": "in the future",
	} {
		p := output.Printer{Format: output.FormatQuery, Query: parse(t, "template", `{{ago .}}`)}
		if got := print(t, p, output.Result{Data: moment}); got != want+"\n" {
			t.Errorf("%s: %q, want %q", moment, got, want)
		}
	}
}

// TestInvalidQueries names what is wrong and where.
func TestInvalidQueries(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ language, text, want string }{
		{"jq", ".[0]]", `unexpected token "]" at character 5`},
		{"jq", ".[", "unexpected EOF at character 3"},
		{"jq", `"公司" | )`, `unexpected token ")" at character 8`},
		{"jq", ".a\n| ]", `unexpected token "]" at line 2, character 3`},
		{"jq", ".a | nosuch(1)", "function not defined: nosuch/1, at character 6"},
		{"jq", ".a as $b | $c", "variable not defined: $c, at character 12"},
		{"jq", " ", `missing query (try ".")`},
		{"jq", "input", "input(s)/0 is not allowed"},
		{"jq", `import "x" as y; .`, `cannot load module: "x", at character 9`},
		{"template", "{{range .}}", "unexpected EOF, at character 11"},
		{"template", "{{.a | nosuch}}", `function "nosuch" not defined, at character 8`},
		{"template", "公司 {{.a }} }} {{ } }}", `unexpected "}" in command, at character 18`},
		{"template", "a\n{{else}}", "unexpected {{else}}, at line 2, character 8"},
		{"template", `{{if .}}{{else}}{{range .}}{{with .}}{{template "x"}}{{end}}{{end}}{{end}}`, `template "x" not defined, at character 49`},
	} {
		parse := output.ParseJQ
		if test.language == "template" {
			parse = func(text string) (output.Query, error) { return output.ParseTemplate(text, now) }
		}
		if _, err := parse(test.text); err == nil || err.Error() != test.want {
			t.Errorf("%s %q: got %v, want %s", test.language, test.text, err, test.want)
		}
	}
}

// TestFailingQueries uses expressions that are valid but do not fit the data. The
// data may be a secret, so the message must not hold it.
func TestFailingQueries(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ language, text, want string }{
		{"jq", ".[0].url.x", "--jq: expected an object but got: string"},
		{"jq", ".[0] | test(.url)", "--jq: test cannot be applied to this value"},
		{"jq", ".[0].url | tonumber", "--jq: tonumber cannot be applied to this value"},
		{"jq", ".[0].url | fromjson", "--jq: fromjson cannot be applied to this value"},
		{"jq", `error("mine")`, "--jq: error: mine"},
		{"jq", `"mine" | halt_error`, "--jq: halt error: mine"},
		{"template", "{{.x.y}}", "--template:1:4: <.x.y>: can't evaluate field x in type []interface {}"},
		{"template", "{{ago (index . 0).url}}", "--template:1:2: <ago (index . 0).url>: error calling ago: it needs a time in the RFC 3339 format"},
		{"template", `{{truncate 0 "x"}}`, `--template:1:2: <truncate 0 "x">: error calling truncate: it must leave at least 1 cell, not 0`},
	} {
		p := output.Printer{Out: &bytes.Buffer{}, Format: output.FormatQuery, Query: parse(t, test.language, test.text)}
		err := p.Print(output.Result{Data: []view{{URL: "https://a/?token=s3cret"}}})
		if err == nil || err.Error() != test.want {
			t.Errorf("%s: got %v, want %s", test.text, err, test.want)
		}
	}
}

// TestEndlessQuery ends with its context, and keeps its output before that.
func TestEndlessQuery(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var out bytes.Buffer
	p := output.Printer{Format: output.FormatQuery, Query: parse(t, "jq", "1 | repeat(.)"), Context: ctx,
		Out: writeFunc(func(text []byte) (int, error) { cancel(); return out.Write(text) })}
	if err := p.Print(output.Result{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if !strings.HasPrefix(out.String(), "1\n1\n") {
		t.Errorf("wrote %q", out.String())
	}
}

func TestQueryReportsAFailedWrite(t *testing.T) {
	t.Parallel()
	full := errors.New("no space left")
	for _, query := range []output.Query{parse(t, "jq", "."), parse(t, "template", "x")} {
		p := output.Printer{Format: output.FormatQuery, Query: query, Out: writeFunc(func([]byte) (int, error) { return 0, full })}
		if err := p.Print(output.Result{}); !errors.Is(err, full) {
			t.Errorf("got %v", err)
		}
	}
}

func TestQueriedItems(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := output.Printer{Out: &out, Format: output.FormatQuery, Query: parse(t, "template", "{{.url}}")}
	for range 2 {
		if err := p.PrintItem(item()); err != nil {
			t.Fatal(err)
		}
	}
	if want := strings.Repeat("https://a.example.com/?a=1&b=2\n", 2); out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}
