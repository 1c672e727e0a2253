package callback_test

import (
	"fmt"
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
