package ses

import (
	"net/url"
	"strings"

	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// cleanMessage returns a message of the service as it may be shown: the secrets
// of the request's URL and of any other URL in it masked, its control characters
// escaped, and its length bounded.
func cleanMessage(message string, v values) string {
	const longest = 64 << 10 // what lies behind is cut in any case
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

// secretsOf returns what is secret in a callback URL, in the forms in which it
// may come back.
func secretsOf(rawURL string) []string {
	const shortest = 4 // what is shorter hides nothing, and would tear words apart
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
