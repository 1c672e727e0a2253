package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

func TestLanguages(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]string{
		"": "en", "de": "en", "zh": "zh-CN", "zh-TW,en;q=0.9": "zh-CN", "en-US,zh-CN;q=0.9": "en", "de,zh;q=0.5,en;q=0.4": "zh-CN",
		"zh;q=0": "en", "en;q=0.1, zh-Hans;q=0.2": "zh-CN", "*": "en", "zh;q=odd": "en", ";;,": "en",
	} {
		if got := preferred(accept); got != want {
			t.Errorf("%q: %s", accept, got)
		}
	}
	p, _ := newTestPage(Options{})
	w := get(p, "/", func(r *http.Request) { r.Header.Set("Accept-Language", "zh-CN,zh;q=0.9") })
	if body := w.Body.String(); !strings.Contains(body, `lang="zh-CN"`) || !strings.Contains(body, "事件监听") || strings.Contains(body, "<no value>") {
		t.Error(body)
	}
}

// Each text that the page and its script use is there in both languages.
func TestTextsAreWhole(t *testing.T) {
	t.Parallel()
	all, err := readTexts()
	if err != nil {
		t.Fatal(err)
	}
	for name := range all["en"] {
		if all["zh-CN"][name] == "" {
			t.Errorf("%s has no Chinese text", name)
		}
	}
	for name := range all["zh-CN"] {
		if all["en"][name] == "" && !strings.HasPrefix(name, "fault.") {
			t.Errorf("%s has no English text", name)
		}
	}
	used := regexp.MustCompile(`\bT\.([a-zA-Z]+)`)
	for _, file := range []string{"app.js", "index.html"} {
		data, err := files.ReadFile("static/" + file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range used.FindAllStringSubmatch(string(data), -1) {
			if all["en"][match[1]] == "" {
				t.Errorf("%s uses the text %s, which does not exist", file, match[1])
			}
		}
	}
}

// TestPageLanguage checks that a given language comes before the one of the browser, and
// the one of the URL before both.
func TestPageLanguage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ given, query, browser, want string }{
		{"", "", "zh-CN", "zh-CN"}, {"en", "", "zh-CN", "en"}, {"zh-CN", "", "en", "zh-CN"}, {"zh_TW.UTF-8", "", "en", "zh-CN"},
		{"zh-CN", "?lang=en", "zh-CN", "en"}, {"", "?lang=zh", "en", "zh-CN"}, {"", "?lang=<script>", "en", "en"}, {"", "?lang=", "zh", "zh-CN"},
	} {
		p, _ := newTestPage(Options{Lang: c.given})
		got := get(p, "/"+c.query, func(r *http.Request) { r.Header.Set("Accept-Language", c.browser) })
		if !strings.Contains(got.Body.String(), `<html lang="`+c.want+`">`) {
			t.Errorf("%+v: %.80s", c, got.Body)
		}
	}
}
