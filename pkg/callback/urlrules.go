package callback

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxPlainLength = 2048
	// maxURL is the greatest length of a URL in bytes. A longer text is not a URL,
	// so the content of a wrong file is not sent to the service.
	maxURL = 64 * 1024
)

func checkWhitespace(u rawURL, _ Policy) []finding {
	if len(u.text) > maxURL {
		return nil
	}
	c, place := firstUnseen(u.text)
	if place == 0 {
		return nil
	}
	what := fmt.Sprintf("the invisible character %U", c)
	hint := "remove it"
	if start, _ := pathBounds(u.text); place > utf8.RuneCountInString(u.text[:start]) {
		hint = "remove it, or write " + percentEncode(string(c)) + " instead"
	}
	switch {
	case c == ' ':
		what = "a space"
	case unicode.IsSpace(c):
		what = fmt.Sprintf("white space (%U)", c)
	case unicode.IsControl(c):
		what = fmt.Sprintf("the control character %U", c)
	}
	if placeholder := placeholderHint(u.text); placeholder != "" {
		hint = placeholder
	}
	message := fmt.Sprintf("the URL has %s at character %d", what, place)
	if name := hiddenName(c); name != "" {
		message = fmt.Sprintf("the URL has %s at character %d (%s)", what, place, name)
	}
	return []finding{{message, hint}}
}

func checkSyntax(u rawURL, _ Policy) []finding {
	hint := "write an absolute URL such as https://hooks.example.com:8080/ses"
	var found []finding
	if !beginsWithQuote(u.text) && !beginsWithBracket(u.text) {
		found = misplacedFinding(u.text, u.misplaced)
	}
	switch {
	case u.err != nil:
		if _, place := firstUnseen(u.text); place > 0 && len(u.text) <= maxURL && utf8.ValidString(u.text) {
			return found // the rule url-whitespace reports it
		}
		if placeholder := wholeHint(u.text); placeholder != "" && !beginsWithBracket(u.text) {
			hint = placeholder
		}
		return append(found, finding{"this is not a URL: " + u.err.Error(), hint})
	case strings.Contains(u.text, "：//"):
		return []finding{{"the URL has a full-width colon (U+FF1A) after its scheme", "write : instead"}}
	case strings.Contains(u.text, "／／"):
		return []finding{{"the URL has full-width slashes (U+FF0F) after its scheme", "write // instead"}}
	case u.parsed.Scheme == "":
		if placeholder := wholeHint(u.text); placeholder != "" && !beginsWithBracket(u.text) {
			hint = placeholder
		}
		return append(found, finding{"the URL is not absolute: it has no scheme", hint})
	case u.isHTTP() && !u.hasAuthority():
		return append(found, finding{"the URL has no // after its scheme", hint})
	}
	return found
}

func checkScheme(u rawURL, _ Policy) []finding {
	if u.parsed == nil || u.parsed.Scheme == "" || u.isHTTP() {
		return nil
	}
	// "hooks.example.com:8080/ses" parses as a URL of the scheme
	// "hooks.example.com". Its writer forgot the scheme.
	if strings.Contains(u.parsed.Scheme, ".") || u.parsed.Scheme == "localhost" {
		return []finding{{"the URL has no scheme", "write https:// before it"}}
	}
	return []finding{{"the scheme is not http or https", "use https"}}
}

func checkPort(u rawURL, policy Policy) []finding {
	if !u.hasAuthority() || u.parsed.Host == "" {
		return nil
	}
	port := u.parsed.Port()
	if slices.ContainsFunc(policy.ports(), func(p int) bool { return strconv.Itoa(p) == port }) {
		return nil
	}
	ports := policy.portList()
	hint := "use port " + ports + "; a profile may list other ports under allowed_ports"
	if port == "" {
		implied := "443"
		if strings.EqualFold(u.parsed.Scheme, "http") {
			implied = "80"
		}
		return []finding{{fmt.Sprintf("the URL names no port, which means %s; SES supports only %s (according to its rules; its FAQ shows a URL without a port)", implied, ports), hint}}
	}
	if plain := strings.TrimLeft(port, "0"); plain != port && slices.ContainsFunc(policy.ports(), func(p int) bool { return strconv.Itoa(p) == plain }) {
		hint = "write the port without zeros before it: " + plain
	}
	return []finding{{fmt.Sprintf("SES does not support port %s, only %s", shorten(port), ports), hint}}
}

func checkFragment(u rawURL, _ Policy) []finding {
	if u.hasAuthority() && strings.Contains(u.text, "#") {
		hint := "remove it; percent-encode a # that belongs to the URL as %23"
		if strings.Contains(u.text, "#{") {
			hint = placeholderHint(u.text)
		}
		return []finding{{"the URL has a fragment (#…), which is never sent", hint}}
	}
	return nil
}

func checkPrivateHost(u rawURL, policy Policy) []finding {
	if policy.PrivateHosts || !u.hasAuthority() || hostProblem(u.parsed) != "" {
		return nil
	}
	if reason := PrivateHost(u.parsed.Hostname()); reason != "" {
		return []finding{{reason + "; SES cannot reach it", "use a host that the internet can reach, or try it out with --local"}}
	}
	return nil
}

func checkPlainHTTP(u rawURL, _ Policy) []finding {
	if u.hasAuthority() && strings.EqualFold(u.parsed.Scheme, "http") {
		return []finding{{"events travel unencrypted", "use https"}}
	}
	return nil
}

func checkUserinfo(u rawURL, _ Policy) []finding {
	if u.hasAuthority() && u.parsed.User != nil {
		return []finding{{"the URL contains a user name or password; SES does not document whether it sends them", "put a token into the query instead, because sesctl masks it there"}}
	}
	return nil
}

func checkLength(u rawURL, _ Policy) []finding {
	if len(u.text) > maxPlainLength {
		return []finding{{fmt.Sprintf("the URL has %d bytes; not every server accepts more than %d", len(u.text), maxPlainLength), "shorten it"}}
	}
	return nil
}
