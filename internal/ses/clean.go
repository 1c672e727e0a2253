package ses

import (
	"net/url"
	"strings"

	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// cleanMessage returns a message of the service in a form that may be shown. The
// secrets of the request's URL, and of any other URL in the message, are masked.
// Control characters are escaped, and the length is limited.
func cleanMessage(message string, v values) string {
	const longest = 64 << 10 // the rest is cut off anyway
	if len(message) > longest {
		message = message[:longest]
	}
	if sent, ok := v[sesapi.KeyURL].(string); ok && sent != "" {
		message = strings.ReplaceAll(message, sent, callback.Mask(sent))
		for _, secret := range secretsOf(sent) {
			message = strings.ReplaceAll(message, secret, "***")
		}
	}
	message = callback.MaskText(message)
	return strings.TrimSuffix(strings.Trim(callback.Quote(strings.TrimSpace(message)), `"`), ".")
}

// secretsOf returns the secrets of a callback URL, in the forms in which the
// service may return them.
func secretsOf(rawURL string) []string {
	const shortest = 4 // masking a shorter text would break ordinary words
	var secrets []string
	add := func(text string) {
		if len(text) < shortest {
			return
		}
		secrets = append(secrets, text)
		if plain, err := url.QueryUnescape(text); err == nil && plain != text {
			secrets = append(secrets, plain)
		}
	}
	rest, fragment, _ := strings.Cut(rawURL, "#")
	add(fragment)
	base, query, _ := strings.Cut(rest, "?")
	add(query)
	for parameter := range strings.SplitSeq(query, "&") {
		_, value, hasValue := strings.Cut(parameter, "=")
		if !hasValue {
			value = parameter
		}
		add(value)
	}
	if at := strings.LastIndexByte(base, '@'); at >= 0 {
		_, userinfo, _ := strings.Cut(base[:at], "//")
		add(userinfo)
		if _, password, found := strings.Cut(userinfo, ":"); found {
			add(password)
		}
	}
	return secrets
}
