package callback

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	masked = "***"
	// maxShown bounds what a message repeats of its input, so that a message
	// about ten megabytes of nonsense stays a message.
	maxShown = 300
)

// Mask returns a callback URL for people to see: the password of its user
// information, the values of its query and its fragment are replaced by ***.
// SES does not sign events, so whoever knows a callback URL can send events to
// it: the whole URL is a secret. Mask works on text, so that a URL that cannot
// be parsed does not give away more than one that can. Control characters are
// escaped, and a very long URL is shortened.
func Mask(rawURL string) string {
	rest, fragment, hasFragment := strings.Cut(rawURL, "#")
	base, query, hasQuery := strings.Cut(rest, "?")
	shown := maskUserinfo(base)
	if hasQuery {
		shown += "?" + maskQuery(query)
	}
	if hasFragment && fragment != "" {
		shown += "#" + masked
	}
	return shorten(escape(shown))
}

// maskUserinfo masks "user:password@" to "user:***@", and a user without a
// password, which can only be a token, to "***@".
func maskUserinfo(base string) string {
	start := 0
	if i := strings.Index(base, "//"); i >= 0 {
		start = i + len("//")
	}
	end := len(base)
	if i := strings.IndexByte(base[start:], '/'); i >= 0 {
		end = start + i
	}
	// A slash or an @ written as such in a password ends the authority early;
	// what the parser would then call a path still holds the password.
	if i := strings.LastIndexByte(base, '@'); i > end && strings.Contains(base[start:end], ":") {
		end = i + 1
	}
	at := strings.LastIndexByte(base[start:end], '@')
	if at < 0 {
		return base
	}
	user, _, hasPassword := strings.Cut(base[start:start+at], ":")
	if hasPassword {
		user += ":" + masked
	} else {
		user = masked
	}
	return base[:start] + user + base[start+at:]
}

func maskQuery(query string) string {
	if query == "" {
		return ""
	}
	var out strings.Builder
	for i := 0; i < len(query); {
		end := i + strings.IndexAny(query[i:]+"&", "&;")
		key, _, hasValue := strings.Cut(query[i:end], "=")
		switch {
		case hasValue:
			out.WriteString(key + "=" + masked)
		case key != "":
			out.WriteString(masked)
		}
		if end < len(query) {
			out.WriteByte(query[end])
		}
		i = end + 1
	}
	return out.String()
}

// Quote returns text in double quotes for a message: shortened, its control
// characters escaped. It does not mask; give it no URL.
func Quote(text string) string {
	return `"` + shorten(escape(text)) + `"`
}

func escape(text string) string {
	// What lies behind the limit is cut in any case; four bytes a rune at most.
	if len(text) > 4*maxShown {
		text = text[:4*maxShown]
	}
	if !strings.ContainsFunc(text, isHidden) {
		return text
	}
	var out strings.Builder
	for _, r := range text {
		if isHidden(r) {
			out.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		} else {
			out.WriteRune(r)
		}
	}
	return out.String()
}

func shorten(text string) string {
	if len(text) <= maxShown {
		return text
	}
	cut := maxShown
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}
