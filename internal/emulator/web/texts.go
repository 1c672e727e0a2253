package web

import (
	"encoding/json"
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

// language returns the language that a browser prefers (RFC 9110, 12.5.4): zh-CN for any
// Chinese, en for everything else.
func language(accept string) string {
	best, chosen := -1.0, "en"
	for part := range strings.SplitSeq(accept, ",") {
		tag, parameters, _ := strings.Cut(strings.TrimSpace(part), ";")
		q := 1.0
		if value, given := strings.CutPrefix(strings.TrimSpace(parameters), "q="); given {
			q, _ = strconv.ParseFloat(value, 64)
		}
		name, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if q <= best || q <= 0 || name != "zh" && name != "en" {
			continue
		}
		best, chosen = q, map[string]string{"zh": "zh-CN", "en": "en"}[name]
	}
	return chosen
}
