package web

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// texts are the texts of the page in one language, by name.
type texts map[string]string

// readTexts returns the texts by language: en and zh-CN.
func readTexts() (map[string]texts, error) {
	data, err := files.ReadFile("static/texts.json")
	if err != nil {
		return nil, err
	}
	var all map[string]texts
	err = json.Unmarshal(data, &all)
	return all, err
}

// language returns the language of a page: the one that its URL names, or the one of
// [Options], or the one that the browser prefers.
func (p *Page) language(r *http.Request) string {
	for _, given := range []string{r.URL.Query().Get("lang"), p.Lang} {
		if lang := exact(given); lang != "" {
			return lang
		}
	}
	return preferred(r.Header.Get("Accept-Language"))
}

// exact returns en or zh-CN for a language tag, or "" for another language.
func exact(tag string) string {
	name, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(tag, "_", "-")), "-")
	switch name {
	case "zh":
		return "zh-CN"
	case "en":
		return "en"
	}
	return ""
}

// other returns the language that the page offers besides its own.
func other(lang string) string {
	if lang == "en" {
		return "zh-CN"
	}
	return "en"
}

// preferred returns the language that a browser prefers (RFC 9110, 12.5.4): zh-CN for any
// Chinese, en for everything else.
func preferred(accept string) string {
	best, chosen := -1.0, "en"
	for part := range strings.SplitSeq(accept, ",") {
		tag, parameters, _ := strings.Cut(strings.TrimSpace(part), ";")
		q := 1.0
		if value, given := strings.CutPrefix(strings.TrimSpace(parameters), "q="); given {
			q, _ = strconv.ParseFloat(value, 64)
		}
		lang := exact(tag)
		if q <= best || q <= 0 || lang == "" {
			continue
		}
		best, chosen = q, lang
	}
	return chosen
}
