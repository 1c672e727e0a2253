package manifest

import (
	"bytes"
	"fmt"
	"regexp"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/yamltext"
	"github.com/sesctl/sesctl/pkg/callback"
)

// YAML returns a declaration of exactly the callbacks in set: the account's
// callback (none if it has none), then the senders' callbacks in order. Text
// returns the text of a URL: use [Whole], or the function from [Extract]. The same
// set gives the same bytes, and reading them gives the same set.
//
// YAML fails for a URL that a declaration cannot hold: the word none, or text that
// is not UTF-8. It also fails for an address with ${, which looks like a variable.
func YAML(set callback.Set, text func(callback.Callback) string) ([]byte, error) {
	// Addresses and URLs that need no quotes in YAML. The only indicator of YAML
	// among the characters is the colon, which is an indicator only at the end or
	// before a space.
	plain := regexp.MustCompile(`^(none|[a-z0-9][a-z0-9._+-]*@[a-z0-9.-]+|https?://[A-Za-z0-9._~/?&=%@+:$-]*[A-Za-z0-9._~/?&=%@+$-])$`)
	return write(set, text, layout{
		start: "version: 1\naccount: ", account: "\nsenders:", noSenders: " {}", sender: "\n  ", colon: ": ", end: "\n",
		quote: func(text string) string {
			if plain.MatchString(text) {
				return text
			}
			return quote(text, func(r rune) string { return fmt.Sprintf(`\U%08x`, r) })
		},
	})
}

// JSON returns the same declaration as [YAML], in JSON.
func JSON(set callback.Set, text func(callback.Callback) string) ([]byte, error) {
	return write(set, text, layout{
		start: "{\n  \"version\": 1,\n  \"account\": ", account: ",\n  \"senders\": {", noSenders: "}", sender: "\n    ", colon: ": ", comma: ",",
		lastSender: "\n  }", end: "\n}\n",
		quote: func(text string) string {
			return quote(text, func(r rune) string {
				high, low := utf16.EncodeRune(r)
				return fmt.Sprintf(`\u%04x\u%04x`, high, low)
			})
		},
	})
}

// layout holds the text between the values.
type layout struct {
	start, account, noSenders, sender, colon, comma, lastSender, end string
	quote                                                            func(string) string
}

func write(set callback.Set, text func(callback.Callback) string, l layout) ([]byte, error) {
	var out bytes.Buffer
	account := set.URL(callback.Account())
	if account.IsZero() {
		out.WriteString(l.start + l.quote(none))
	} else {
		out.WriteString(l.start + l.quote(text(callback.Callback{Target: callback.Account(), URL: account})))
	}
	out.WriteString(l.account)
	separator, empty := "", true
	for _, c := range set.All() {
		url := c.URL.Whole()
		if url == none || !utf8.ValidString(url) {
			return nil, failure.New(failure.Failure, "the callback URL of %s cannot be declared: %s", c.Target, c.URL)
		}
		if c.Target.IsAccount() {
			continue
		}
		out.WriteString(separator + l.sender + l.quote(c.Target.Address()) + l.colon + l.quote(text(c)))
		separator, empty = l.comma, false
	}
	if empty {
		out.WriteString(l.noSenders)
	} else {
		out.WriteString(l.lastSender)
	}
	out.WriteString(l.end)
	return out.Bytes(), nil
}

// quote writes text in double quotes, with the escapes that YAML and JSON share.
// Wide escapes a character above U+FFFF, for which they share no escape.
// Characters that a reader might refuse, change or not see are escaped.
func quote(text string, wide func(rune) string) string {
	var out bytes.Buffer
	out.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			out.WriteString("\\" + string(r))
		case r >= ' ' && r != 0xa0 && yamltext.Plain(r):
			out.WriteRune(r)
		case r > 0xffff:
			out.WriteString(wide(r))
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	out.WriteByte('"')
	return out.String()
}
