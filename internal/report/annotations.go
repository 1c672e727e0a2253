package report

import (
	"fmt"
	"strconv"
	"strings"
)

// shownAnnotations is how many annotations of a level are written. GitHub shows
// ten of each level for a step. More would only be lines in the log.
const shownAnnotations = 10

// Annotations returns the findings as workflow commands of GitHub Actions, one on
// each line: ::error, ::warning and ::notice, at most ten of each.
func (r Report) Annotations() string {
	commands := map[Level]string{Error: "error", Warning: "warning", Note: "notice"}
	written := map[Level]int{}
	var out strings.Builder
	for _, s := range r.Suites {
		for _, c := range s.Cases {
			for _, f := range c.Findings {
				if written[f.Level]++; written[f.Level] > shownAnnotations {
					continue
				}
				fmt.Fprintf(&out, "::%s %s::%s\n", commands[f.Level], properties(f), escapeData(c.Name+": "+f.text()))
			}
		}
	}
	return out.String()
}

func properties(f Finding) string {
	var all []string
	add := func(name, value string) { all = append(all, name+"="+escapeProperty(value)) }
	if f.Place.File != "" {
		add("file", f.Place.File)
	}
	if f.Place.File != "" && f.Place.Line > 0 {
		add("line", strconv.Itoa(f.Place.Line))
	}
	if f.Place.File != "" && f.Place.Column > 0 {
		add("col", strconv.Itoa(f.Place.Column))
	}
	add("title", f.Rule)
	return strings.Join(all, ",")
}

// escapeData and escapeProperty escape text as the functions of the same names in
// GitHub's actions/toolkit do. The runner reverses it.
func escapeData(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(text)
}

func escapeProperty(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(text)
}
