package capture

import (
	"bytes"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
)

// isScript reports whether an entry of a capture is a script of a page.
func isScript(rawURL, mimeType string) bool {
	u, err := url.Parse(rawURL)
	return err == nil && (path.Ext(u.Path) == ".js" || path.Ext(u.Path) == ".mjs" || strings.Contains(mimeType, "javascript"))
}

func hostOf(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// nearby is the greatest distance between the name of the product and the rest of its
// call in a script, in bytes. Scripts are minified, so the fields of one call are
// close together.
const nearby = 400

// readScript finds the actions of SES that a script names. In a minified script a
// call reads {serviceType:"ses",cmd:"CreateX",data:{Version:"…",Address:e}}, with
// the fields in any order, or names "ses/CreateX".
func readScript(script []byte) []Mention {
	var (
		service = regexp.MustCompile(`["']?serviceType["']?\s*:\s*["'` + "`" + `]ses["'` + "`" + `]`)
		command = regexp.MustCompile(`["']?(?:cmd|action)["']?\s*:\s*["'` + "`" + `]([A-Z][A-Za-z0-9]{3,60})["'` + "`" + `]`)
		joined  = regexp.MustCompile(`["'` + "`" + `/]ses/([A-Z][A-Za-z0-9]{3,60})["'` + "`" + `]`)
	)
	var found []Mention
	note := func(name string, params []string) {
		i := slices.IndexFunc(found, func(m Mention) bool { return m.Action == name })
		switch {
		case i < 0:
			found = append(found, Mention{Action: name, Params: params})
		case len(found[i].Params) == 0:
			found[i].Params = params
		}
	}
	for _, at := range service.FindAllIndex(script, -1) {
		call := enclosing(script, at[0], at[1])
		if m := command.FindSubmatch(call); m != nil {
			note(string(m[1]), dataNames(call))
		}
	}
	for _, m := range joined.FindAllSubmatchIndex(script, -1) {
		name := string(script[m[2]:m[3]])
		note(name, dataNames(script[m[0]:min(len(script), m[1]+nearby)]))
	}
	return found
}

// enclosing returns the object literal around a part of a script. If its braces are
// not balanced nearby, it returns the text nearby.
func enclosing(script []byte, start, end int) []byte {
	low, high := max(0, start-nearby), min(len(script), end+nearby)
	depth := 0
	for i := start - 1; i >= low; i-- {
		switch script[i] {
		case '}':
			depth++
		case '{':
			if depth--; depth < 0 {
				low = i
			}
		}
		if depth < 0 {
			break
		}
	}
	depth = 0
	for i := end; i < high; i++ {
		switch script[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth < 0 {
				return script[low : i+1]
			}
		}
	}
	return script[low:high]
}

// dataNames returns the names of the fields of data:{…} in a call, without the names
// that every call has.
func dataNames(call []byte) []string {
	_, rest, found := cutAfter(call, regexp.MustCompile(`["']?data["']?\s*:\s*\{`))
	if !found {
		return nil
	}
	var names []string
	depth := 0
	key := regexp.MustCompile(`^["']?([A-Za-z][A-Za-z0-9_]{0,60})["']?\s*[:,}]`)
	for start := true; len(rest) > 0; rest = rest[1:] {
		if start && depth == 0 {
			if m := key.FindSubmatch(bytes.TrimLeft(rest, " \t\r\n")); m != nil && !isCommon(string(m[1])) {
				names = append(names, string(m[1]))
			}
		}
		start = false
		switch rest[0] {
		case '{', '(', '[':
			depth++
		case '}', ')', ']':
			if depth--; depth < 0 {
				return names
			}
		case ',':
			start = true
		}
	}
	return names
}

func cutAfter(data []byte, pattern *regexp.Regexp) (before, after []byte, found bool) {
	at := pattern.FindIndex(data)
	if at == nil {
		return data, nil, false
	}
	return data[:at[0]], data[at[1]:], true
}
