package callback_test

import (
	"strings"
	"testing"

	"github.com/sesctl/sesctl/pkg/callback"
)

func TestMaskTokensInThePath(t *testing.T) {
	t.Parallel()
	const base = "https://h.example:8080/"
	for path, want := range map[string]string{
		"ses/3f2504e0-4f89-11d3-9a0c-0305e82c3301":  "ses/***",
		"9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d/ses":      "***/ses",
		"services/T00000000/B00/XXa1b2c3d4e5f6g7h8": "services/T00000000/B00/***",
		"eyJhbGciOiJIUzI1NiJ9.e30.x1y2":             "***",
		"aGVsbG8td29ybGQ5OTk4ODg3Nw%3D%3D":          "***",
		"short1a2b3c":                               "short1a2b3c",
		"webhooks/notifications-of-the-mail-team":   "webhooks/notifications-of-the-mail-team",
		"callbacks-production-v2/":                  "callbacks-production-v2/",
		"20261126/ses-callback-receiver":            "20261126/ses-callback-receiver",
		"值值值值值值1值2值3值4":                             "值值值值值值1值2值3值4",
		"":                                          "",
		"a//b":                                      "a//b",
	} {
		if got := callback.Mask(base + path); got != base+want {
			t.Errorf("Mask(%q) = %q; want %q", base+path, got, base+want)
		}
	}
}

func TestMaskSegments(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		segments  []int
		url, want string
	}{
		{[]int{-1}, "https://h.example:8080/a/b", "https://h.example:8080/a/***"},
		{[]int{-1}, "https://h.example:8080/a/b/", "https://h.example:8080/a/***/"},
		{[]int{1}, "https://h.example:8080/a/b?t=x", "https://h.example:8080/***/b?t=***"},
		{[]int{1, -1}, "https://h.example:8080/a/b/c", "https://h.example:8080/***/b/***"},
		{[]int{2}, "https://h.example:8080//a//b", "https://h.example:8080//a//***"},
		{[]int{3, -3}, "https://h.example:8080/a/b", "https://h.example:8080/a/b"},
		{[]int{-1}, "https://h.example:8080", "https://h.example:8080"},
		{[]int{-1}, "https://h.example:8080/", "https://h.example:8080/"},
		{[]int{-1}, "https://u:p@h.example:8080/s3cret", "https://u:***@h.example:8080/***"},
	} {
		if got := (callback.Masking{}).WithSegments(test.segments...).Mask(test.url); got != test.want {
			t.Errorf("%v: %q is %q; want %q", test.segments, test.url, got, test.want)
		}
	}
}

// TestMaskDeclared checks how declared URLs and similar URLs are shown. In them
// {NAME=value} is the value of a variable.
func TestMaskDeclared(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ declared, other, want string }{
		{"https://h.example:8080/{T=s3cret}", "", "https://h.example:8080/***"},
		{"https://h.example:8080/ses/x{T=s3cret}y?a=1", "", "https://h.example:8080/ses/***?a=***"},
		{"https://h.example:8080/{T=a/b}/c", "", "https://h.example:8080/***/***/c"},
		{"https://{H=s3cret.example}:8080/ses", "", "https://***:8080/ses"},
		{"https://h.example:{P=8080}/ses", "", "https://h.example:***/ses"},
		{"{S=https}://h.example:8080/ses", "", "***://h.example:8080/ses"},
		{"{B=https://s3cret.example:8080}/ses", "", "***/ses"},
		{"{U=https://s3cret.example:8080/a/b}", "", "***/***/***"},
		{"https://{U=s3cret}:x@h.example:8080/", "", "https://***@h.example:8080/"},
		{"https://h.example:8080/?{N=s3cret}=x&b=c", "", "https://h.example:8080/?***&b=***"},
		{"https://h.example:8080/?t={T=s3cret}", "", "https://h.example:8080/?t=***"},
		{"https://[2001:db8::1]:{P=8080}/{T=s3cret}", "", "https://[2001:db8::1]:***/***"},
		// The URL that it replaces, and other URLs.
		{"https://h.example:8080/ses/{T=new}", "https://h.example:8080/ses/s3cret", "https://h.example:8080/ses/***"},
		{"https://h.example:8080/ses/{T=new}", "HTTPS://H.example:8080/ses/s3cret?a=b", "HTTPS://H.example:8080/ses/***?a=***"},
		{"https://h.example:8080/ses/{T=new}", "https://h.example:8080/news/open", "https://h.example:8080/news/open"},
		{"https://h.example:8080/ses/{T=new}", "https://h.example:8081/ses/open", "https://h.example:8081/ses/open"},
		{"https://h.example:8080/ses/{T=new}", "https://h.example:8080/ses", "https://h.example:8080/ses"},
		{"https://h.example:8080/%73es/{T=s3cret}", "https://h.example:8080/ses/s3cret", "https://h.example:8080/ses/***"},
		{"{U=https://new.example:8080/a}", "https://s3cret.example:8081/s3cret", "***/***"},
	} {
		m := callback.Masking{}.WithDeclared([]callback.Declared{{Account: true}, variable(test.declared)})
		url := test.other
		if url == "" {
			url = variable(test.declared).URL.Whole()
		}
		if got := m.Mask(url); got != test.want || m.Mask(got) != got {
			t.Errorf("%s: %q is %q, and masked again %q; want %q", test.declared, url, got, m.Mask(got), test.want)
		}
	}
}

func TestMaskDeclaredTogether(t *testing.T) {
	t.Parallel()
	m := callback.Masking{}.WithDeclared([]callback.Declared{
		variable("https://h.example:8080/ses/{T=abc}"), variable("https://h.example:8080/ses/abc"), variable("https://h.example:8080/ses/open"),
	}).WithDeclared([]callback.Declared{variable("https://h.example:8080/{A=x}/y")})
	for url, want := range map[string]string{
		"https://h.example:8080/ses/abc":   "https://h.example:8080/ses/***", // hidden in one place, so in both
		"https://h.example:8080/ses/open":  "https://h.example:8080/ses/open",
		"https://h.example:8080/ses/other": "https://h.example:8080/ses/***",
		"https://h.example:8080/x/y":       "https://h.example:8080/***/y",
	} {
		if got := m.Mask(url); got != want {
			t.Errorf("%q is %q; want %q", url, got, want)
		}
	}
}

func TestMaskText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                         "",
		"no URL: //":               "no URL: //",
		"write https:// before it": "write https:// before it",
		"(https://), ://":          "(https://), ://",
		`Get "https://h.example:8080/?t=s3cret": refused`:            `Get "https://h.example:8080/?t=***": refused`,
		"from https://h.example/?t=s3cret, to http://u:s3cret@h/.":   "from https://h.example/?t=***, to http://u:***@h/.",
		"open https://h.example/?t=s3cret: no such file (see https)": "open https://h.example/?t=***: no such file (see https)",
		"two\nhttps://h.example/?s3cret\nlines":                      "two\nhttps://h.example/?***\nlines",
	} {
		if got := callback.MaskText(text); got != want {
			t.Errorf("MaskText(%q) = %q; want %q", text, got, want)
		}
	}
}

// FuzzMasking looks for values of variables in the masked text.
func FuzzMasking(f *testing.F) {
	f.Add("https://h.example:8080/ses/", "s3cr3t", "/x?a=b")
	f.Add("https://", "s3cr3t.example", ":8080/ses")
	f.Add("", "https://s3cr3t.example:8080/s3cr3t", "?a")
	f.Add("https://u:p@h.example/?", "s3cr3t", "=1&b")
	f.Fuzz(func(t *testing.T, before, value, after string) {
		if !strings.Contains(value, "s3cr3t") || strings.Contains(before+after, "s3cr3t") || strings.Contains(before, "s3") || strings.Contains(after, "t") {
			return
		}
		d := callback.Declared{Account: true, URL: callback.NewURL(before + value + after), Variables: []callback.Variable{{Name: "V", Start: len(before), End: len(before) + len(value)}}}
		if callback.HasErrors(callback.CheckAll([]callback.Declared{d}, callback.Policy{PrivateHosts: true})) {
			return
		}
		if shown := (callback.Masking{}).WithDeclared([]callback.Declared{d}).Mask(d.URL.Whole()); strings.Contains(shown, "s3cr3t") {
			t.Errorf("%q is shown as %q", d.URL.Whole(), shown)
		}
	})
}
