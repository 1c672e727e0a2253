package callback

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	masked = "***"
	// maxShown is how much of its input a message repeats, so that the message
	// stays short even if the input has ten megabytes.
	maxShown = 300
)

// Mask returns a callback URL that is safe to show. *** replaces the password of its
// user information, its fragment, and the values of its query and of the parameters
// of its path segments. It also replaces a path segment that looks like a token. SES
// does not sign events, so anyone who knows a callback URL can send events to it: the
// whole URL is a secret.
//
// Mask works on text, so a URL that cannot be parsed reveals no more than a valid
// URL. Control characters are escaped, and a very long URL is shortened.
func Mask(rawURL string) string { return Masking{}.Mask(rawURL) }

// maskUserinfo masks "user:password@" as "user:***@". A user without a password
// can only be a token, and becomes "***@". The result whole is false if the
// password may continue after base, because it contains an unencoded ? or #.
func maskUserinfo(base string) (shown string, whole bool) {
	start := authorityStart(base)
	end := len(base)
	if i := strings.IndexByte(base[start:], '/'); i >= 0 {
		end = start + i
	}
	// An unencoded slash in a password ends the authority early. The path, as a
	// parser sees it, then holds the rest of the password.
	last := strings.LastIndexByte(base, '@')
	if last > end && (strings.Contains(base[start:end], "@") || !endsLikeHost(base[start:end])) {
		end = last + 1
	}
	at := strings.LastIndexByte(base[start:end], '@')
	if at < 0 {
		if start > 0 && !endsLikeHost(base[start:end]) {
			user, _, _ := strings.Cut(base[start:end], ":")
			return base[:start] + user + ":" + masked, false
		}
		return base, true
	}
	user, _, hasPassword := strings.Cut(base[start:start+at], ":")
	if hasPassword && !strings.Contains(user, "@") {
		user += ":" + masked
	} else {
		user = masked
	}
	return base[:start] + user + base[start+at:], true
}

// maskBehindHost masks what follows a character that no host has, such as a full-width
// question mark or %3F: it may be a query or a password. The user information is masked
// before.
func maskBehindHost(authority string) string {
	const signs = "-._~:[]*${}。．｡"
	host := strings.LastIndexByte(authority, '@') + 1
	zone := strings.HasPrefix(authority[host:], "[")
	for at := host; at < len(authority); {
		r, size := utf8.DecodeRuneInString(authority[at:])
		at += size
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r), strings.ContainsRune(signs, r), r == '%' && zone:
			continue
		case r == '＠', strings.HasPrefix(authority[at-size:], "%40"):
			return masked // before it are a user and a password
		case at < len(authority):
			return authority[:at] + masked
		}
	}
	return authority
}

// authorityStart returns where the part after the scheme begins. It accepts any
// number of slashes or backslashes instead of two slashes, and a colon that is missing
// or is another character.
func authorityStart(base string) int {
	if scheme, rest, found := strings.Cut(base, "://"); found && !strings.ContainsAny(scheme, "/:@") {
		return len(base) - len(strings.TrimLeft(rest, `/\`)) // a scheme that is not one may have a backslash
	}
	if scheme, rest, found := strings.Cut(base, "//"); found && !strings.ContainsAny(scheme, "/:@") {
		return len(base) - len(strings.TrimLeft(rest, `/\`))
	}
	slash := strings.IndexAny(base, `/\`)
	if slash < 0 {
		return 0
	}
	scheme, isScheme := strings.CutSuffix(base[:slash], ":")
	if slash > 0 && (!isScheme || strings.ContainsAny(scheme, ":@")) {
		return 0
	}
	return len(base) - len(strings.TrimLeft(base[slash:], `/\`))
}

// maskPathParameters masks the values in a path segment, such as ;token=VALUE (RFC 3986,
// 3.3). A query is in the path too if its ? is missing or is a full-width character.
func maskPathParameters(segment string) string {
	const separators = ";&,；＆，？＃"
	if !strings.ContainsAny(segment, ";=＝？＃") {
		return segment
	}
	var out strings.Builder
	begin := "" // the separator before the parameter
	for rest := segment; ; {
		end := strings.IndexAny(rest, separators)
		parameter := rest
		if end >= 0 {
			parameter = rest[:end]
		}
		out.WriteString(maskPathParameter(parameter, begin))
		if end < 0 || out.Len() > maxShown { // the rest is cut off anyway
			return out.String()
		}
		_, size := utf8.DecodeRuneInString(rest[end:])
		begin = rest[end : end+size]
		out.WriteString(begin)
		rest = rest[end+size:]
	}
}

// maskPathParameter masks the value of one parameter, and all of it after a full-width
// ? or # if it is not NAME=VALUE.
func maskPathParameter(parameter, begin string) string {
	equals := strings.IndexAny(parameter, "=＝")
	switch {
	case equals < 0 && parameter != "" && (begin == "？" || begin == "＃"):
		return masked
	case equals < 0:
		return parameter
	}
	_, size := utf8.DecodeRuneInString(parameter[equals:])
	name, value := parameter[:equals+size], parameter[equals+size:]
	if strings.Trim(value, "=") == "" {
		return masked // more likely a token in base64 than a name
	}
	return name + masked
}

// endsLikeHost reports whether text can be host or host:port, and so is not the
// beginning of user:password.
func endsLikeHost(text string) bool {
	if strings.HasPrefix(text, "[") {
		text = text[strings.IndexByte(text, ']')+1:]
		return text == "" || text[0] == ':' && (isDigits(text[1:]) || text[1:] == masked)
	}
	host, port, _ := strings.Cut(text, ":")
	return host != "" && (isDigits(port) || port == masked)
}

// maskQuery masks the value of each parameter: the text after the first =. A
// parameter without a value is masked completely. It is more likely a token (which
// in base64 may end with =) than a name.
func maskQuery(query string, parts urlParts) string {
	if query == "" {
		return ""
	}
	var out strings.Builder
	number := 0
	for parameter := range strings.SplitSeq(query, "&") {
		if out.Len() > maxShown {
			break // the rest is cut off anyway
		}
		if out.Len() > 0 {
			out.WriteByte('&')
		}
		key, value, _ := strings.Cut(parameter, "=")
		if parameter != "" {
			number++
		}
		switch {
		case parameter != "" && parts.hidesParameter(number):
			out.WriteString(masked)
		case strings.Trim(value, "=") != "":
			out.WriteString(key + "=" + masked)
		case parameter != "":
			out.WriteString(masked)
		}
	}
	return out.String()
}

// Quote returns text for a message: in double quotes, shortened, and with its
// control characters escaped. It does not mask, so do not pass a URL to it.
func Quote(text string) string {
	return `"` + shorten(escape(text)) + `"`
}

func escape(text string) string {
	// The text beyond the limit is cut off anyway; a character has at most four
	// bytes.
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
