package callback_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/pkg/callback"
)

func TestSameURL(t *testing.T) {
	t.Parallel()
	const base = "https://h.example:8080/ses"
	for _, test := range []struct {
		name, a, b string
		want       bool
	}{
		{"itself", base, base, true},
		{"case of the scheme", base, "HTTPS://h.example:8080/ses", true},
		{"case of the host", base, "https://H.Example:8080/ses", true},
		{"case of the path", base, "https://h.example:8080/SES", false},
		{"empty path", "https://h.example:8080", "https://h.example:8080/", true},
		{"slash at the end", base, base + "/", false},
		{"unneeded encoding", base, "https://h.example:8080/%73es", true},
		{"case of encoding", base + "%2f", base + "%2F", true},
		{"encoded slash", base + "/a", base + "%2Fa", false},
		{"encoding in the query", base + "?a=%7e", base + "?a=~", true},
		{"a percent sign that encodes nothing", base + "?%%34%31", base + "?%41", false},
		{"a percent sign at the end", base + "?%4", "HTTPS://h.example:8080/ses?%4", true},
		{"a character that must be encoded in the query", base + "?q=值", base + "?q=%E5%80%BC", true},
		{"a character that must be encoded in the path", base + "。", base + "%e3%80%82", true},
		{"brackets", base + "?a[]=1", base + "?a%5B%5D=1", true},
		{"a space", base + "?a b", base + "?a%20b", true},
		{"a percent sign alone", base + "?t=50%", base + "?t=50%25", true},
		{"another character", base + "?q=值", base + "?q=価", false},
		{"IPv4", "https://192.0.2.1:8080", "HTTPS://192.0.2.1:8080/", true},
		{"empty query", base, base + "?", false},
		{"another query", base + "?a=1", base + "?a=2", false},
		{"fragment", base, base + "#a", false},
		{"international host", "https://münchen.example:8080/", "https://xn--mnchen-3ya.example:8080/", true},
		{"international host with a dot", "https://münchen.example.:8080/", "https://xn--mnchen-3ya.example.:8080/", true},
		{"dot after the host", base, "https://h.example.:8080/ses", false},
		{"empty port", "https://h.example/", "https://h.example:/", true},
		{"implied port", "https://h.example/", "https://h.example:443/", false},
		{"another port", base, "https://h.example:8081/ses", false},
		{"another scheme", base, "http://h.example:8080/ses", false},
		{"spelling of IPv6", "https://[2001:DB8:0::1]:8080/", "https://[2001:db8::1]:8080/", true},
		{"zone", "https://[fe80::1%25eth0]:8080/", "https://[FE80::1%25eth0]:8080/", true},
		{"userinfo", "https://u:p@h.example/", "https://u:%70@h.example/", true},
		{"other userinfo", "https://u:p@h.example/", "https://u:q@h.example/", false},
		{"host that is not valid", "https://A_B.example/", "https://a_b.example/", true},
		{"not URLs", "%", "%", true},
		{"different nonsense", "%", "%%", false},
		{"relative", "//h.example/", "://h.example/", false},
		{"opaque", "mailto:a", "MAILTO:a", false},
		{"nothing", "", base, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if callback.SameURL(test.a, test.b) != test.want || callback.SameURL(test.b, test.a) != test.want {
				t.Errorf("SameURL(%q, %q) is not %v; %q, %q", test.a, test.b, test.want,
					callback.NormalizeURL(test.a), callback.NormalizeURL(test.b))
			}
		})
	}
}

func TestNormalizeURLLeavesTheRest(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"", "%", "h.example", "//h.example/", "mailto:a@b.example", "https:///x", "https://h.example/" + strings.Repeat("%41", 4<<20)} {
		if got := callback.NormalizeURL(url); got != url {
			t.Errorf("NormalizeURL(%.60q) = %.60q", url, got)
		}
	}
}

// FuzzURL builds URLs around a random secret, in each place where a URL holds a
// secret. It looks for the secret in all output for people.
func FuzzURL(f *testing.F) {
	for _, seed := range []string{
		"https://h.example:8080/ses", "http://127.1/", "https://0x7f.1:8080/", "https://2130706433:8080/",
		"https://[::ffff:127.0.0.1]:8080/", "https://xn--0.example:8080/", "https://h.example.:8080/", "https://h.example:/",
		"https://[fe80::1%25eth0]:8080/", "https://a:b@c/d?e=f#g", "://", "https://%zz/", "https:a", "HTTPS://MÜNCHEN.example:8080/%7e?%%34%31",
		"https://h.example:808０/", "https://h\x7f.example/", "https://h.example:8080/a b",
	} {
		f.Add(seed, []byte("tok"))
	}
	f.Fuzz(func(t *testing.T, url string, token []byte) {
		checkURLFunctions(t, url)
		if len(token) == 0 || len(token) > 40 {
			return
		}
		secret := "s3cr3t" + hex.EncodeToString(token)
		if strings.Contains(url, secret) {
			return
		}
		base, _, _ := strings.Cut(url, "?")
		base, _, _ = strings.Cut(base, "#")
		scheme, rest, ok := strings.Cut(base, "://")
		candidates := []string{base + "?token=" + secret, base + "?a=b&" + secret, base + "?" + secret + "=", base + "#" + secret}
		if ok && !strings.ContainsAny(scheme, "/@") {
			candidates = append(candidates, scheme+"://user:"+secret+"@"+rest, scheme+"://"+secret+"@"+rest)
		}
		for _, candidate := range candidates {
			checkURLFunctions(t, candidate)
			if shown := callback.Mask(candidate); strings.Contains(shown, secret) {
				t.Errorf("Mask(%q) = %q", candidate, shown)
			}
			for _, p := range callback.CheckURL(candidate, callback.Policy{}) {
				if strings.Contains(p.Message+p.Hint, secret) {
					t.Errorf("%s of %q has the message %q and the hint %q", p.Rule, candidate, p.Message, p.Hint)
				}
			}
		}
	})
}

func checkURLFunctions(t *testing.T, url string) {
	t.Helper()
	checkMessage(t, callback.Mask(url))
	for _, p := range callback.CheckURL(url, callback.Policy{}) {
		checkMessage(t, p.Message)
		checkMessage(t, p.Hint)
	}
	normal := callback.NormalizeURL(url)
	if again := callback.NormalizeURL(normal); again != normal {
		t.Errorf("NormalizeURL(%q) = %q, and normalized again %q", url, normal, again)
	}
	if !callback.SameURL(url, normal) {
		t.Errorf("%q is not the same as its normal form %q", url, normal)
	}
}

// TestSpellings compares two spellings. What RFC 3986 does not call equal is different.
func TestSpellings(t *testing.T) {
	t.Parallel()
	const base = "https://h.example.com:8080"
	for _, test := range []struct {
		a, b string
		same bool
	}{
		{base + "/%7Ea", base + "/~a", true}, {base + "/%e5", base + "/%E5", true}, {base + "/%41", base + "/A", true}, {base + "/?t=%7e", base + "/?t=~", true},
		{base, base + "/", true}, {"HTTPS://H.Example.COM:8080/", base + "/", true},
		{"https://bücher.example:8080/", "https://xn--bcher-kva.example:8080/", true}, {"https://BÜCHER.example:8080/", "https://bücher.example:8080/", true},
		{"https://h．example．com:8080/", base + "/", true}, {"https://[2606:4700:0:0::1]:8080/", "https://[2606:4700::1]:8080/", true},
		{base + "/a|b", base + "/a%7Cb", true}, {base + "/值", base + "/%e5%80%bc", true},
		{base + "/?q=a+b", base + "/?q=a%20b", false}, {base + "/?q=a+b", base + "/?q=a%2Bb", false}, {base + "/?a=1&b=2", base + "/?b=2&a=1", false}, {base + "/?a=1&&b=2", base + "/?a=1&b=2", false},
		{base + "/?", base + "/", false}, {base + "/a?", base + "/a", false}, {base + "/?a", base + "/?a=", false}, {base + "/a", base + "/a/", false}, {base + "/A", base + "/a", false}, {base + "//a", base + "/a", false},
		{base + "/a%2Fb", base + "/a/b", false}, {base + "/%25", base + "/%2525", false}, {base + "/%2e%2e/a", base + "/a", false}, {base + "/../a", base + "/a", false}, {base + "/a%3Bb", base + "/a;b", false},
		{base + "/?a=%26", base + "/?a=&", false}, {"https://h.example.com.:8080/", base + "/", false}, {"http://h.example.com:8080/", base + "/", false}, {"https://h.example.com:8081/", base + "/", false},
		{"https://h.example.com/", "https://h.example.com:443/", false}, {"https://u@h.example.com:8080/", base + "/", false}, {base + "/#a", base + "/", false},
		{base + "/\u00e9", base + "/e\u0301", false}, {"https://faß.example:8080/", "https://fass.example:8080/", false},
	} {
		if callback.SameURL(test.a, test.b) != test.same || callback.SameURL(test.b, test.a) != test.same {
			t.Errorf("%q and %q: %v; want %v\n%q\n%q", test.a, test.b, !test.same, test.same, callback.NormalizeURL(test.a), callback.NormalizeURL(test.b))
		}
	}
}
