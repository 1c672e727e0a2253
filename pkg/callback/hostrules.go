package callback

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

func checkHost(u rawURL, _ Policy) []finding {
	if !u.hasAuthority() {
		return nil
	}
	reason := hostProblem(u.parsed)
	if reason == "" {
		return nil
	}
	hint := "name the host that receives the events"
	if c, place := u.misplacedInHost(); place > 0 {
		if !strings.Contains(reason, quoteChar(c)) { // the reason is about a later character
			reason = "the host is not a host name: " + notInHost(c)
		}
		reason += fmt.Sprintf("; it is at character %d", place)
		if like := lookalike(c); like != 0 {
			hint = "write " + string(like) + " instead"
		}
	}
	if placeholder := wholeHint(u.text); placeholder != "" {
		hint = placeholder
	}
	return []finding{{reason, hint}}
}

func hostProblem(u *url.URL) string {
	host := u.Hostname()
	switch strings.ToLower(host) {
	case "":
		return "the URL has no host"
	case "http", "https":
		if strings.HasPrefix(u.Path, "//") {
			return "the scheme is written twice"
		}
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		if ip.Zone() != "" {
			return "the host is an address with a zone, which is valid on one machine only"
		}
		return ""
	}
	ascii, err := asciiHost(strings.TrimSuffix(host, "."))
	if err != nil {
		return "the host is not a host name: " + err.Error()
	}
	if c := punctuation(host); c != 0 {
		return "the host is not a host name: it has " + quoteChar(c) + ", which is not allowed in a host name"
	}
	if letters := mixedScripts(host); letters != "" {
		return "the host mixes " + letters + " letters in one part of its name, so it looks like another name; write it as " + ascii + " if it is meant"
	}
	if endsInNumber(ascii) {
		return "the host is neither a host name nor an IP address in its usual form"
	}
	return ""
}

// misplacedInHost returns the first character of the host that a host name cannot have, and
// its place in the URL, or a place of 0.
func (u rawURL) misplacedInHost() (c rune, place int) {
	start, end := authorityBounds(u.text)
	start += strings.LastIndexByte(u.text[start:end], '@') + 1
	bad := func(c rune) bool {
		if c < utf8.RuneSelf {
			return !isAlphanumeric(byte(c)) && !strings.ContainsRune("-.:[]%", c)
		}
		return !allowedInHost(c) || punctuation(string(c)) != 0
	}
	i := strings.IndexFunc(u.text[start:end], bad)
	if i < 0 {
		return 0, 0
	}
	c, _ = utf8.DecodeRuneInString(u.text[start+i:])
	return c, utf8.RuneCountInString(u.text[:start+i]) + 1
}

// punctuation returns the first character of an international host name that is
// punctuation, which names do not have (RFC 5892), or 0. Package idna accepts it.
func punctuation(host string) rune {
	for _, c := range host {
		if c >= utf8.RuneSelf && unicode.IsPunct(c) && !strings.ContainsRune("。．｡－·・\u05f3\u05f4\u0f0b", c) {
			return c
		}
	}
	return 0
}

// mixedScripts names the scripts of a label of a host name that has Latin letters beside
// letters of a script with letters of the same shape, or returns "". Browsers show such
// names in their ASCII form (Unicode Technical Standard 39, section 5.2).
func mixedScripts(host string) string {
	if isPlainHost(host) {
		return ""
	}
	for label := range strings.SplitSeq(host, ".") {
		if !strings.ContainsFunc(label, func(c rune) bool { return unicode.Is(unicode.Latin, c) }) {
			continue
		}
		switch {
		case strings.ContainsFunc(label, func(c rune) bool { return unicode.Is(unicode.Cyrillic, c) }):
			return "Latin and Cyrillic"
		case strings.ContainsFunc(label, func(c rune) bool { return unicode.Is(unicode.Greek, c) }):
			return "Latin and Greek"
		}
	}
	return ""
}
