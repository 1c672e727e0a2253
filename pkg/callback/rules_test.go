package callback_test

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/pkg/callback"
)

func ids(problems []callback.Problem) []string {
	var out []string
	for _, p := range problems {
		out = append(out, p.Rule)
	}
	return out
}

// TestRulesBothWays checks examples that keep and that break each rule: URLs,
// sender addresses, and callbacks that are declared together. A rule without an
// example fails.
func TestRulesBothWays(t *testing.T) {
	t.Parallel()
	const good = "https://hooks.example.com:8080/ses?token=a"
	examples := map[string]struct{ kept, broken []string }{
		"url-whitespace": {[]string{good, "https://h.example:8080/%20", "https://h.example:8080/é"},
			[]string{"https://h.example:8080/a b", good + "\n", "\t" + good, good + "\u00a0", good + "\u200b", good + "\u202e", good + "\x00"}},
		"url-syntax": {[]string{good},
			[]string{"", "/ses", "ses", "https:hooks.example.com", "https://h.example:8o80/", "https://[::1/", "https://h.example/%zz", "https://h.example/\xff", "://h", "https://::1:8080/", "https://[1.2.3.4]:8080/", "https://[::1]x:8080/", "https://h.example:8080/ses。", "https://h.example:8080/?t=50%", "https://h.example:8080/%E4%B8%ZZ", "https://h.example:8080/a|b", "https://h.example:8080\\ses", "https://h.example:8080/?q=值", good + strings.Repeat("a", 64<<10)}},
		"url-scheme": {[]string{good, "HTTPS://h.example:8080/", "http://h.example:8080/"},
			[]string{"ftp://h.example:8080/", "hooks.example.com:8080/ses", "localhost:8080/ses", "mailto:a@h.example", "javascript:alert(1)"}},
		"url-host": {[]string{good, "https://h.example.:8080/", "https://münchen.example:8080/", "https://xn--mnchen-3ya.example:8080/", "https://192.0.2.1:8080/", "https://[2001:db8::1]:8080/", "https://3com.example:8080/"},
			[]string{"https://:8080/", "https:///ses", "https://.:8080/", "https://a..example:8080/", "https://a_b.example:8080/", "https://-a.example:8080/", "https://xn--0.example:8080/",
				"https://127.1:8080/", "https://0x7f.1:8080/", "https://0x7f000001:8080/", "https://0xffffffffffffffffffffffff:8080/", "https://a.0x:8080/", "https://2130706433:8080/", "https://017700000001:8080/", "https://1.2.3.4.5:8080/", "https://256.256.256.256:8080/", "https://１２７.０.０.１:8080/",
				"https://[fe80::1%25eth0]:8080/", "https://" + strings.Repeat("a", 64) + ".example:8080/", "https://" + strings.Repeat("é", 5000) + ".example:8080/"}},
		"url-port": {[]string{good, "https://h.example:8081/", "https://h.example:8082/"},
			[]string{"https://h.example/", "http://h.example/", "https://h.example:/", "https://h.example:443/", "https://h.example:8083/", "https://h.example:08080/", "https://h.example:" + strings.Repeat("9", 1000) + "/"}},
		"url-fragment": {[]string{good, "https://h.example:8080/%23"}, []string{good + "#", good + "#a", "https://h.example:8080#a"}},
		"url-private-host": {[]string{good, "https://8.8.8.8:8080/", "https://[2606:4700::1]:8080/", "https://mylocal.example:8080/", "https://[64:ff9b::808:808]:8080/", "https://172.32.0.1:8080/", "https://100.128.0.1:8080/"},
			[]string{"https://localhost:8080/", "https://LOCALHOST.:8080/", "https://a.localhost:8080/", "https://printer.local:8080/", "https://a.internal:8080/", "https://a.test:8080/", "https://a.invalid:8080/", "https://intranet:8080/",
				"https://127.0.0.1:8080/", "https://127.255.255.254:8080/", "https://10.1.2.3:8080/", "https://172.16.0.1:8080/", "https://192.168.0.1:8080/", "https://100.64.0.1:8080/", "https://169.254.169.254:8080/", "https://0.0.0.0:8080/", "https://0.1.2.3:8080/", "https://224.0.0.1:8080/", "https://255.255.255.255:8080/",
				"https://[::1]:8080/", "https://[::]:8080/", "https://[::ffff:127.0.0.1]:8080/", "https://[::ffff:7f00:1]:8080/", "https://[::ffff:10.0.0.1]:8080/", "https://[::127.0.0.1]:8080/", "https://[fc00::1]:8080/", "https://[fe80::1]:8080/", "https://[fec0::1]:8080/", "https://[ff02::1]:8080/", "https://[64:ff9b::7f00:1]:8080/"}},
		"declaration-dollar": {[]string{good}, []string{"https://h.example:8080/?t=$TOKEN"}},
		"url-plain-http":     {[]string{good}, []string{"http://h.example:8080/", "HTTP://h.example:8080/"}},
		"url-userinfo":       {[]string{good, "https://h.example:8080/@a"}, []string{"https://u:p@h.example:8080/", "https://u@h.example:8080/", "https://@h.example:8080/"}},
		"url-length":         {[]string{good, "https://h.example:8080/" + strings.Repeat("a", 2048-23)}, []string{"https://h.example:8080/" + strings.Repeat("a", 2049-23)}},
	}
	addresses := map[string]struct{ kept, broken []string }{
		"sender-syntax": {[]string{"a@mail.example.com", "News <news@mail.example.com>", "ä@bücher.example"},
			[]string{"", "nobody", "@mail.example.com", "a@", "a@b@c.example", "a@-b.example", "https://h.example:8080/?t=a@b.example", "a\n@b.example"}},
	}
	account := callback.Declared{Account: true, URL: callback.NewURL(good)}
	sender := func(address string) callback.Declared {
		return callback.Declared{Sender: address, URL: callback.NewURL(good)}
	}
	sets := map[string]struct{ kept, broken [][]callback.Declared }{
		"sender-duplicate": {[][]callback.Declared{{account, sender("a@mail.example.com"), sender("b@mail.example.com")}},
			[][]callback.Declared{
				{sender("a@mail.example.com"), sender("a@mail.example.com")},
				{sender("a@mail.example.com"), account, sender("News <A@Mail.example.com>")},
				{sender("a@bücher.example"), sender("a@xn--bcher-kva.example")},
			}},
		"scope-duplicate": {[][]callback.Declared{{account}, {account, sender("a@mail.example.com")}},
			[][]callback.Declared{{account, account}, {account, sender("a@mail.example.com"), {Account: true}}}},
		"declaration-secret": {[][]callback.Declared{
			{{Account: true, URL: callback.NewURL("https://h.example:8080/ses")}}, {{Account: true, URL: callback.NewURL("https://h.example:8080/?a&b="), Variables: []callback.Variable{{Name: "A", Start: 24, End: 25}, {Name: "B", Start: 26, End: 28}}}},
			{{Account: true, URL: callback.NewURL("https://h.example:8080/?t=abc"), Variables: []callback.Variable{{Name: "T", Start: 27, End: 28}}}},
			{{Account: true, URL: callback.NewURL("https://u:p@h.example:8080/"), Variables: []callback.Variable{{Name: "U", Start: 8, End: 9}}}},
			{{Account: true, URL: callback.NewURL("https://h.example:8080/@a?")}},
		}, [][]callback.Declared{
			{account}, {{Account: true, URL: callback.NewURL("https://h.example:8080/?a")}}, {{Account: true, URL: callback.NewURL("https://h.example:8080/?a=")}}, {{Account: true, URL: callback.NewURL("https://u:p@h.example:8080/")}},
			{{Account: true, URL: callback.NewURL("https://h.example:8080/?t=abc&u=x"), Variables: []callback.Variable{{Name: "T", Start: 26, End: 29}}}},
		}},
	}
	for _, rule := range callback.Rules() {
		t.Run(rule.ID, func(t *testing.T) {
			t.Parallel()
			urls, senders, declared := examples[rule.ID], addresses[rule.ID], sets[rule.ID]
			if len(urls.kept)+len(senders.kept)+len(declared.kept) == 0 || len(urls.broken)+len(senders.broken)+len(declared.broken) == 0 {
				t.Fatal("no example")
			}
			check := func(example any, broken bool, problems []callback.Problem) {
				t.Helper()
				if slices.Contains(ids(problems), rule.ID) != broken {
					t.Errorf("%.80q breaks %v; that it breaks the rule should be %v", example, ids(problems), broken)
				}
				for _, p := range problems {
					checkMessage(t, p.Message)
					checkMessage(t, p.Hint)
					if p.Hint == "" {
						t.Errorf("no hint: %+v", p)
					}
				}
			}
			for _, url := range urls.kept {
				check(url, false, callback.CheckURL(url, callback.Policy{}))
			}
			for _, url := range urls.broken {
				problems := callback.CheckURL(url, callback.Policy{})
				check(url, true, problems)
				for _, p := range problems {
					if p.URL.Whole() != url || p.Target != "" {
						t.Errorf("problem of %.80q: %+v", url, p)
					}
				}
			}
			for _, address := range senders.kept {
				check(address, false, callback.CheckSender(address))
			}
			for _, address := range senders.broken {
				check(address, true, callback.CheckSender(address))
			}
			for _, set := range declared.kept {
				check(set, false, callback.CheckAll(set, callback.Policy{}))
			}
			for _, set := range declared.broken {
				check(set, true, callback.CheckAll(set, callback.Policy{}))
			}
		})
	}
	if got := callback.CheckURL(good, callback.Policy{}); len(got) != 0 {
		t.Errorf("a good URL: %v", got)
	}
}

func TestRuleTable(t *testing.T) {
	t.Parallel()
	warnings := []string{"url-plain-http", "url-userinfo", "url-length", "declaration-dollar", "declaration-secret"}
	errors := []string{"url-whitespace", "url-syntax", "url-scheme", "url-host", "url-port", "url-fragment", "url-private-host", "sender-syntax", "sender-duplicate", "scope-duplicate"}
	seen := map[string]callback.Severity{}
	for _, rule := range callback.Rules() {
		if rule.Summary == "" || rule.Source == "" || seen[rule.ID] != "" {
			t.Errorf("rule %+v", rule)
		}
		seen[rule.ID] = rule.Severity
	}
	for _, id := range errors {
		if seen[id] != callback.SeverityError {
			t.Errorf("%s is %q", id, seen[id])
		}
	}
	for _, id := range warnings {
		if seen[id] != callback.SeverityWarning {
			t.Errorf("%s is %q", id, seen[id])
		}
	}
	if len(seen) != len(errors)+len(warnings) {
		t.Errorf("rules %v", seen)
	}
}

// TestOneFaultOneProblem checks that one mistake is not reported several times.
func TestOneFaultOneProblem(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"":                               "[url-syntax]",
		"https://h.example:8080/a b":     "[url-whitespace]",
		"https://h.example:8080/\n":      "[url-whitespace]",
		"hooks.example.com:8080/ses":     "[url-scheme]",
		"https:hooks.example.com":        "[url-syntax]",
		"https:///ses":                   "[url-host]",
		"https://127.1:8080/":            "[url-host]",
		"https://h.example/":             "[url-port]",
		"https://127.0.0.1:8080/":        "[url-private-host]",
		"http://u:p@h.example:80/#a":     "[url-port url-fragment url-plain-http url-userinfo]",
		"https://user:s3/cret@h.example": "[url-syntax]",
	} {
		problems := callback.CheckURL(url, callback.Policy{})
		if got := fmt.Sprint(ids(problems)); got != want {
			t.Errorf("%q breaks %s; want %s", url, got, want)
		}
		for _, p := range problems {
			if strings.Contains(p.Message+p.Hint, "s3") {
				t.Errorf("the password is in %q", p.Message)
			}
		}
	}
}

func TestPolicy(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		policy   callback.Policy
		url      string
		want     string
		contains string
	}{
		{callback.Policy{PrivateHosts: true}, "https://127.0.0.1:8080/", "[]", ""},
		{callback.Policy{PrivateHosts: true}, "https://localhost:8080/", "[]", ""},
		{callback.Policy{PrivateHosts: true}, "https://127.1:8080/", "[url-host]", ""},
		{callback.Policy{Ports: []int{443}}, "https://h.example:443/", "[]", ""},
		{callback.Policy{Ports: []int{443}}, "https://h.example:8080/", "[url-port]", "only 443"},
		{callback.Policy{Ports: []int{443}}, "https://h.example/", "[url-port]", "means 443"},
		{callback.Policy{}, "http://h.example/", "[url-port url-plain-http]", "8080, 8081 or 8082"},
	} {
		problems := callback.CheckURL(test.url, test.policy)
		if got := fmt.Sprint(ids(problems)); got != test.want {
			t.Errorf("%q under %+v breaks %s; want %s", test.url, test.policy, got, test.want)
		}
		if test.contains != "" && !strings.Contains(problems[0].Message, test.contains) {
			t.Errorf("message %q; want %q in it", problems[0].Message, test.contains)
		}
	}
}

func TestCheckURLHugeInput(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"https://" + strings.Repeat("é", 5<<20) + "/", strings.Repeat("\x1b[31m", 2<<20), strings.Repeat(" ", 10<<20),
		"https://h.example:8080/?" + strings.Repeat("a&", 5<<20), strings.Repeat("\xff", 10<<20),
	} {
		problems := callback.CheckURL(url, callback.Policy{})
		if !callback.HasErrors(problems) {
			t.Errorf("%.40q has no error", url)
		}
		for _, p := range problems {
			checkMessage(t, p.Message)
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

// TestSigns checks characters that are not allowed in a path or a query. A message
// names each with its place and its encoded form, and nothing else of the URL.
func TestSigns(t *testing.T) {
	t.Parallel()
	const base = "https://h.example.com:8080" // 26 characters
	for rest, want := range map[string]string{
		"/ses。":     `"。" at character 31, which is not allowed there → write %E3%80%82`,
		"/?q=值班":    `"值" at character 31, which is not allowed there (and 1 more) → write %E5%80%BC`,
		"/a|b":      `"|" at character 29 → write %7C`,
		"/a^b":      `"^" at character 29 → write %5E`,
		"/a`b":      "\"`\" at character 29 → write %60",
		"/a\"b":     `'"' at character 29 → write %22`,
		"/a“b”":     `"“" at character 29, which is not allowed there (and 1 more) → write %E2%80%9C`,
		`\ses`:      `"\" at character 27 → write / instead`,
		"/?a[]=1":   `"[" at character 30, which is not allowed there (and 1 more) → write %5B`,
		"/?t=50%":   `"%" at character 33 → write %25`,
		"/?t=5%0":   `"%" at character 32 → write %25`,
		"/%zz":      `"%" at character 28 → write %25`,
		"/a>b":      `">" at character 29 → write %3E`,
		"/a}b":      `"}" at character 29 → write %7D`,
		"?é":        `"é" at character 28 → write %C3%A9`,
		"/?t=${A}":  `"{" at character 32, which is not allowed there (and 1 more): a placeholder was not replaced → ${NAME} is replaced in a declaration`,
		"/?t={{a}}": `: a placeholder was not replaced → {{name}}`,
		"/{a}/b":    `: a placeholder was not replaced → {name}`,
		"/?t=<a>":   `: a placeholder was not replaced → <name>`,
		"/?t=%ABX%": `: a placeholder was not replaced → %NAME%`,
	} {
		url := base + rest
		problems := callback.CheckURL(url, callback.Policy{})
		message, hint, _ := strings.Cut(want, " → ")
		if len(problems) != 1 || problems[0].Rule != "url-syntax" || !strings.Contains(problems[0].Message, message) || !strings.Contains(problems[0].Hint, hint) {
			t.Errorf("%q: %+v; want %s", url, problems, want)
		}
	}
	for _, rest := range []string{"", "/", "/a-._~!$&'()*+,;=:@b", "/?a=/?b", "/%E5%80%BC?q=%e5", "?$filter=x", "/@team/$5"} {
		if problems := callback.CheckURL(base+rest, callback.Policy{}); len(problems) != 0 {
			t.Errorf("%q: %+v", rest, problems)
		}
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

func TestWhitespaceIsNamed(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"https://h.example:8080/a b":        "a space at character 25|write %20",
		"https://h.example:8080/\t":         "white space (U+0009) at character 24|write %09",
		"https://h.example:8080/\u3000":     "white space (U+3000) at character 24|write %E3%80%80",
		"https://h.example:8080/\x1b":       "the control character U+001B at character 24|write %1B",
		"https://h.example:8080/值\u200b":    "the invisible character U+200B at character 25|write %E2%80%8B",
		"https://h.example:8080/\ufe0f":     "the invisible character U+FE0F at character 24|",
		" https://h.example:8080/":          "a space at character 1|",
		"https://h.example:8080/\U000e0041": "the invisible character U+E0041 at character 24|",
	} {
		problems := callback.CheckURL(url, callback.Policy{})
		message, hint, _ := strings.Cut(want, "|")
		if len(problems) == 0 || problems[0].Rule != "url-whitespace" || !strings.Contains(problems[0].Message, message) || !strings.Contains(problems[0].Hint, hint) {
			t.Errorf("%q: %+v; want %s", url, problems, want)
		}
	}
}

func TestParseReasons(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"":                                "it is empty",
		"https://h.example/%zz":           `the URL has "%" at character 19`,
		"https://h%20x.example/":          `its host has "%" at character 10, which is not allowed in a host name`,
		"https://h^x.example/":            `its host has "^" at character 10, which is not allowed in a host name`,
		"https://h.example:8o80/":         "the port is not a number",
		"https://[::1/":                   "the address in [ ] is not closed",
		"https://[1.2.3.4]/":              "only an IPv6 address belongs in [ ]",
		"https://a^b:c@h.example/":        "the user name or password has a character",
		"://h.example/":                   "it has nothing before its colon",
		"a b:c/d":                         "",
		"1h.example:8080/ses":             "it has no scheme; write https:// before it",
		"https：//h.example:8080/":         "a full-width colon (U+FF1A)",
		"'https://h.example:8080/'":       "it begins with a quote",
		"“https://h.example:8080/”":       "it begins with a quote",
		"ht_tp://h.example:8080/":         "its scheme has a character that is not allowed in a scheme",
		"https://h.example:８０８０/":         "the port is not a number",
		"https://h.example/\xff":          "not valid UTF-8",
		strings.Repeat("a", 64<<10) + "a": "the limit is 65536",
	} {
		problems := callback.CheckURL(url, callback.Policy{})
		i := slices.IndexFunc(problems, func(p callback.Problem) bool { return p.Rule == "url-syntax" })
		if want == "" && i < 0 {
			continue
		}
		if i < 0 || !strings.Contains(problems[i].Message, want) {
			t.Errorf("%.40q: %v; want %q", url, problems, want)
		}
	}
}

func TestHasErrors(t *testing.T) {
	t.Parallel()
	warned := callback.CheckURL("http://h.example:8080/", callback.Policy{})
	if len(warned) != 1 || callback.HasErrors(warned) {
		t.Errorf("a warning counts as an error: %v", warned)
	}
	if !callback.HasErrors(callback.CheckSender("nobody")) || callback.HasErrors(callback.CheckSender("a@b.example")) {
		t.Error("CheckSender")
	}
}

func TestPublicAddresses(t *testing.T) {
	t.Parallel()
	for ip, want := range map[string]bool{"8.8.8.8": true, "2606:4700::1": true, "::ffff:8.8.8.8": true, "127.0.0.1": false, "::ffff:10.0.0.1": false, "240.0.0.1": false} {
		if got := callback.PublicIP(net.ParseIP(ip)); got != want {
			t.Errorf("PublicIP(%s) = %v", ip, got)
		}
	}
	if callback.PublicIP(nil) {
		t.Error("no address is public")
	}
	for host, private := range map[string]bool{"１２７.０.０.１": true, "fe80::1%eth0": true, "h.example": false, "": true, "192.168.0.1.": true} {
		if got := callback.PrivateHost(host); (got != "") != private {
			t.Errorf("PrivateHost(%q) = %q", host, got)
		}
	}
}
