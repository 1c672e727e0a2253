package callback

import (
	"maps"
	"slices"
	"strings"
)

// Masking hides more parts of callback URLs than [Mask] does. The zero Masking
// hides the same as Mask. A Masking is a value: its methods With… return a changed
// copy.
type Masking struct {
	segments []int
	declared map[string]urlParts // by normalised URL
	like     []urlParts          // of declared URLs, for URLs that differ from them in hidden parts
}

// WithSegments returns a Masking that also hides these segments of every path: 1
// is the first segment, -1 the last.
func (m Masking) WithSegments(segments ...int) Masking {
	m.segments = slices.Concat(m.segments, segments)
	return m
}

// WithDeclared returns a Masking that also hides the values of variables in the
// declared URLs. It hides the same parts of URLs that differ from a declared URL
// only in these values, because the URL that a declared URL replaces holds the
// previous secret.
func (m Masking) WithDeclared(declared []Declared) Masking {
	m.like = slices.Clone(m.like)
	for _, d := range declared {
		if len(d.Variables) == 0 || d.URL.IsZero() {
			continue
		}
		if parts := partsOf(d.URL.Whole()).hide(d.Variables); parts.hidesAny() && !slices.ContainsFunc(m.like, parts.sameKind) {
			m.like = append(m.like, parts)
		}
	}
	if len(m.like) == 0 {
		return m // the values of the query are always hidden
	}
	// A URL declared without variables is not secret, even if it resembles another
	// URL.
	known := maps.Clone(m.declared)
	if known == nil {
		known = map[string]urlParts{}
	}
	for _, d := range declared {
		if d.URL.IsZero() {
			continue
		}
		normal := NormalizeURL(d.URL.Whole())
		parts := partsOf(d.URL.Whole()).hide(d.Variables)
		if before, twice := known[normal]; twice {
			parts = parts.merge(before)
		}
		known[normal] = parts
	}
	m.declared = known
	return m
}

// Mask returns a callback URL as [Mask] does, and also hides the parts that m
// names.
func (m Masking) Mask(rawURL string) string {
	parts := m.partsFor(rawURL)
	rest, fragment, hasFragment := strings.Cut(rawURL, "#")
	base, query, hasQuery := strings.Cut(rest, "?")
	shown, whole := maskUserinfo(base)
	if !whole {
		return shorten(escape(shown))
	}
	shown = m.maskBase(shown, parts)
	if hasQuery {
		shown += "?" + maskQuery(query, parts)
	}
	if hasFragment && fragment != "" {
		shown += "#" + masked
	}
	return shorten(escape(shown))
}

// partsFor returns which parts of a URL came from variables.
func (m Masking) partsFor(rawURL string) urlParts {
	if len(m.declared) == 0 || len(rawURL) > maxURL {
		return urlParts{}
	}
	if parts, known := m.declared[NormalizeURL(rawURL)]; known {
		return parts
	}
	own := partsOf(rawURL)
	for _, like := range m.like {
		if like.matches(own) {
			return like
		}
	}
	return urlParts{}
}

// maskBase masks the part of a URL before its query. The user information in base
// is masked before.
func (m Masking) maskBase(base string, parts urlParts) string {
	start := authorityStart(base)
	length := strings.IndexAny(base[start:], `/\`)
	if length < 0 {
		length = len(base) - start
	}
	var out strings.Builder
	out.WriteString(parts.maskAuthority(base[:start], maskBehindHost(base[start:start+length])))
	path := base[start+length:]
	count := 0
	if len(m.segments) > 0 {
		count = countSegments(path)
	}
	number := 0
	for path != "" && out.Len() <= maxShown { // the rest is cut off anyway
		out.WriteByte(path[0])
		segment := path[1:]
		if end := strings.IndexAny(segment, `/\`); end >= 0 {
			segment = segment[:end]
		}
		path = path[1+len(segment):]
		if segment != "" {
			number++
		}
		hidden := slices.Contains(m.segments, number) || slices.Contains(m.segments, number-count-1) || parts.hidesSegment(number)
		if segment != "" && (hidden || looksLikeToken(segment)) {
			segment = masked
		}
		out.WriteString(maskPathParameters(segment))
	}
	return out.String() + path
}

func countSegments(path string) int {
	count := 0
	for segment := range strings.FieldsFuncSeq(path, func(r rune) bool { return r == '/' || r == '\\' }) {
		if segment != "" {
			count++
		}
	}
	return count
}

// looksLikeToken reports whether a path segment is more likely a secret than a
// name. Such a segment is long, and letters and digits alternate in it: random
// characters, base64, hexadecimal digits and UUIDs look like this.
func looksLikeToken(segment string) bool {
	const (
		shortest     = 16
		alternations = 3
		looked       = 1024 // bytes that are read
	)
	segment = segment[:min(len(segment), looked)]
	if len(segment) < shortest {
		return false
	}
	digits, letters, changes := false, false, 0
	for i := range len(segment) {
		switch c := segment[i]; {
		case '0' <= c && c <= '9':
			if letters {
				changes++
			}
			digits, letters = true, false
		case isAlphanumeric(c):
			if digits {
				changes++
			}
			digits, letters = false, true
		case !isUnreserved(c) && !strings.ContainsRune("%=+:$!,", rune(c)):
			return false
		}
	}
	return changes >= alternations
}

// MaskText masks every word of a text that looks like a URL, as [Mask] does.
func MaskText(text string) string { return Masking{}.MaskText(text) }

// MaskText masks every word of a text that looks like a URL.
func (m Masking) MaskText(text string) string {
	var out strings.Builder
	for {
		i := strings.Index(text, "://")
		if i < 0 {
			break
		}
		start := strings.LastIndexAny(text[:i], " \t\r\n\"'`<>()[]{},;") + 1
		end := len(text)
		if n := strings.IndexAny(text[i:], " \t\r\n\"'`<>"); n >= 0 {
			end = i + n
		}
		word := strings.TrimRight(text[start:end], ".,:;)")
		shown := word
		if i+len("://") < start+len(word) {
			shown = m.Mask(word)
		}
		out.WriteString(text[:start] + shown + text[start+len(word):end])
		text = text[end:]
	}
	out.WriteString(text)
	return out.String()
}

// Secrets returns the parts of a URL that are secret and can be kept apart from
// it: the values of its query, its user or password, and the path segments that m
// hides. The name of each describes its place in the URL, in capitals.
func (m Masking) Secrets(rawURL string) []Variable {
	parts := partsOf(rawURL)
	var secrets []Variable
	add := func(name string, start, end int) {
		if start < end {
			secrets = append(secrets, Variable{Name: name, Start: start, End: end})
		}
	}
	if parts.user.start < parts.user.end {
		end := parts.user.end - len("@")
		if name, _, hasPassword := strings.Cut(rawURL[parts.user.start:end], ":"); hasPassword {
			add("PASSWORD", parts.user.start+len(name)+1, end)
		} else {
			add("USER", parts.user.start, end)
		}
	}
	for i, segment := range parts.segments {
		number := i + 1
		if slices.Contains(m.segments, number) || slices.Contains(m.segments, number-len(parts.segments)-1) || looksLikeToken(segment.text) {
			add("PATH", segment.start, segment.end)
		}
	}
	for _, parameter := range parts.parameters {
		name, value, _ := strings.Cut(parameter.text, "=")
		if strings.Trim(value, "=") == "" {
			add("QUERY", parameter.start, parameter.end)
		} else {
			add(variableName(name), parameter.start+len(name)+1, parameter.end)
		}
	}
	return secrets
}
