package callback_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/pkg/callback"
)

// TestMeantAsNone checks that a value that was meant as none has its own message, and
// only this one.
func TestMeantAsNone(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"None", "NONE", "none ", "none\n", "“none”", "'none'", "no", "off", "null", "无", "none\u3000"} {
		problems := callback.CheckAll([]callback.Declared{{Account: true, URL: callback.NewURL(value)}}, callback.Policy{})
		if len(problems) != 1 || problems[0].Rule != "url-syntax" || !strings.HasPrefix(problems[0].Hint, "if there must be no callback, write none") {
			t.Errorf("%q: %+v", value, problems)
		}
	}
	for _, value := range []string{"nonesuch", "x", strings.Repeat("n", 100)} {
		problems := callback.CheckAll([]callback.Declared{{Account: true, URL: callback.NewURL(value)}}, callback.Policy{})
		if len(problems) == 0 || strings.Contains(problems[0].Hint, "none") {
			t.Errorf("%q: %+v", value, problems)
		}
	}
	value := callback.Declared{Account: true, URL: callback.NewURL("None"), Variables: []callback.Variable{{Name: "URL", Start: 0, End: 4}}}
	if problems := callback.CheckAll([]callback.Declared{value}, callback.Policy{}); len(problems) == 0 || !strings.Contains(problems[0].Message, "${URL}") {
		t.Errorf("a variable: %+v", problems)
	}
}

func TestPositionOfAStrangeFile(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"a.yaml": "a.yaml:2:3", "回调.yaml": "回调.yaml:2:3", "a\n::error::b.yaml": `a\n::error::b.yaml:2:3`,
		"a\x1b[31m.yaml": `a\x1b[31m.yaml:2:3`, "a\u202eb.yaml": `a\u202eb.yaml:2:3`,
	} {
		if got := (callback.Position{File: file, Line: 2, Column: 3}).String(); got != want {
			t.Errorf("%q: %q; want %q", file, got, want)
		}
	}
}

func TestCheckAll(t *testing.T) {
	t.Parallel()
	const good = "https://h.example:8080/"
	declared := []callback.Declared{
		{Account: true, URL: callback.NewURL(good)},
		{Sender: "News <news@mail.example.com>", URL: callback.NewURL("https://h.example/")},
		{Sender: "NEWS@mail.example.com"},
		{Account: true},
		{Sender: "no\x1bbody", URL: callback.NewURL(good)},
		{Sender: "no\x1bbody", URL: callback.NewURL(good)},
	}
	var got []string
	for _, p := range callback.CheckAll(declared, callback.Policy{}) {
		got = append(got, fmt.Sprintf("%d %s %s", p.Index, p.Rule, p.Target))
		checkMessage(t, p.Message)
	}
	want := []string{
		"1 url-port News <news@mail.example.com>",
		"2 sender-duplicate NEWS@mail.example.com", "3 scope-duplicate account",
		`4 sender-syntax no\x1bbody`, `5 sender-syntax no\x1bbody`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if problems := callback.CheckAll(declared[:1], callback.Policy{}); len(problems) != 0 || callback.HasErrors(problems) {
		t.Errorf("problems %v", problems)
	}
}

func TestCheckAllNamesPlaces(t *testing.T) {
	t.Parallel()
	at := func(line, column int) callback.Position {
		return callback.Position{File: "callbacks.yaml", Line: line, Column: column}
	}
	declared := []callback.Declared{
		{Account: true, URL: callback.NewURL("https://h.example/"), Position: at(2, 1), URLPosition: at(2, 10)},
		{Sender: "nobody", Position: at(4, 3)},
		{Account: true, Position: at(5, 1)},
		{Account: true},
	}
	var got []string
	for _, p := range callback.CheckAll(declared, callback.Policy{}) {
		got = append(got, fmt.Sprintf("%s %s: %s", p.Position, p.Rule, p.Message))
	}
	want := []string{
		"callbacks.yaml:2:10 url-port: ",
		"callbacks.yaml:4:3 sender-syntax: ",
		"callbacks.yaml:5:1 scope-duplicate: the account's callback is already declared at callbacks.yaml:2:1",
		" scope-duplicate: the account's callback is already declared at callbacks.yaml:2:1",
	}
	if !slices.EqualFunc(got, want, strings.HasPrefix) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	declared[0].Position = callback.Position{}
	problems := callback.CheckAll(declared[:3], callback.Policy{})
	if got := problems[len(problems)-1].Message; got != "the account's callback is already declared" {
		t.Errorf("without a place: %q", got)
	}
}

// variable returns a declared callback of the text, in which {NAME=value} is the
// value of a variable.
func variable(text string) callback.Declared {
	d, url := callback.Declared{Account: true}, ""
	for {
		before, rest, found := strings.Cut(text, "{")
		url += before
		if !found {
			d.URL = callback.NewURL(url)
			return d
		}
		var one string
		one, text, _ = strings.Cut(rest, "}")
		name, value, _ := strings.Cut(one, "=")
		d.Variables = append(d.Variables, callback.Variable{Name: name, Start: len(url), End: len(url) + len(value)})
		url += value
	}
}

// TestSpoilersAreNamed checks which variable is named for a broken rule.
func TestSpoilersAreNamed(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"https://h.example:8080/?t={T=a b}":              "url-whitespace T",
		"https://h.example:8080/?t={T=a\n}":              "url-whitespace T",
		"https://h.example:8080/{P=ok}?t={T=50%}":        "url-syntax T",
		"https://h.example:8080/{P=a|b}?t={T=50%}":       "url-syntax P+T",
		"https://h.example:8080/a|b?t={T=ok}":            "url-syntax ",
		"https://h.example:{PORT=9000}/":                 "url-port PORT",
		"https://{HOST=h.example}:{PORT=80}/":            "url-port PORT",
		"https://{HOST=localhost}:{PORT=8080}/":          "url-private-host HOST",
		"https://{HOST=h_1.example}:8080/?a={A=1}":       "url-host HOST",
		"{BASE=hooks.example.com:8080}/ses":              "url-scheme BASE",
		"{BASE=https://h.example}/ses?t={T=x}":           "url-port BASE",
		"{URL=ftp://h.example:8080/}":                    "url-scheme URL",
		"https://h.example:8080/?t={T=<X>}":              "url-syntax T",
		"https://h.example:8080/?t={T=a#b}":              "url-fragment T",
		"{S=http}://h.example:8080/":                     "url-plain-http S",
		"https://h.example:8080/{A=1}/{B=2}/{C=3}/{D=|}": "url-syntax D",
		"https://h.example:8080/?t={T=$ABC}":             "",
	} {
		d := variable(text)
		var got []string
		for _, p := range callback.CheckAll([]callback.Declared{d}, callback.Policy{}) {
			if _, after, found := strings.Cut(p.Message, "(because of the value of ${"); found {
				names, _, _ := strings.Cut(after, "})")
				got = append(got, p.Rule+" "+strings.ReplaceAll(names, "} and of ${", "+"))
			} else {
				got = append(got, p.Rule+" ")
			}
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%s (%s): %q; want %q", text, d.URL.Whole(), got, want)
		}
		var open []string
		for _, p := range callback.CheckAll([]callback.Declared{d}, callback.Policy{AnyValues: true}) {
			open = append(open, p.Rule)
		}
		if wrong := strings.HasSuffix(want, " "); (len(open) > 0) != wrong {
			t.Errorf("%s: %q whatever the values are", text, open)
		}
	}
}

func TestPlaceholderOfAShell(t *testing.T) {
	t.Parallel()
	for rest, broken := range map[string]bool{
		"/?t=$TOKEN": true, "/$A_1/x": true, "/?t=$(TOKEN)": true, "/?t=$(a.b)": true,
		"/?$filter=x": false, "/?t=$5": false, "/?t=$": false, "/?t=%24TOKEN": false, "/?t=a$b": false,
	} {
		problems := callback.CheckURL("https://h.example:8080"+rest, callback.Policy{})
		if got := slices.Contains(ids(problems), "declaration-dollar"); got != broken || callback.HasErrors(problems) {
			t.Errorf("%q: %+v", rest, problems)
		}
	}
}
