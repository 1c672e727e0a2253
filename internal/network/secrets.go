package network

import (
	"net/url"
	"slices"
	"strings"

	"github.com/sesctl/sesctl/pkg/callback"
)

// shortestSecret is the length of the shortest value that is masked. A shorter value,
// such as "1", is part of many texts.
const shortestSecret = 3

// HideSecrets masks a URL in a text, and its secrets, in the forms in which a server may
// repeat them: the password, or a user without one, the values of the query, the fragment,
// and the segments of the path that look like a token.
func HideSecrets(text, rawURL string) string {
	text = strings.ReplaceAll(text, rawURL, callback.Mask(rawURL))
	// A secret can be a part of another one, so the longest is the first.
	for _, secret := range slices.SortedFunc(slices.Values(secretsOf(rawURL)), func(a, b string) int { return len(b) - len(a) }) {
		text = strings.ReplaceAll(text, secret, "***")
	}
	return text
}

// secretsOf returns the secrets of a URL, as they are written in it and decoded.
func secretsOf(rawURL string) []string {
	var secrets []string
	add := func(text string) {
		secrets = append(secrets, text)
		if plain, err := url.QueryUnescape(text); err == nil && plain != text {
			secrets = append(secrets, plain)
		}
	}
	rest, fragment, _ := strings.Cut(rawURL, "#")
	add(fragment)
	base, query, _ := strings.Cut(rest, "?")
	for parameter := range strings.SplitSeq(query, "&") {
		_, value, hasValue := strings.Cut(parameter, "=")
		if !hasValue {
			value = parameter
		}
		add(value)
	}
	if at := strings.LastIndexByte(base, '@'); at >= 0 {
		_, userinfo, _ := strings.Cut(base[:at], "//")
		user, password, found := strings.Cut(userinfo, ":")
		if !found {
			password = user
		}
		add(password)
	}
	secrets = append(secrets, maskedSegments(rawURL)...)
	return slices.DeleteFunc(secrets, func(secret string) bool { return len(secret) < shortestSecret })
}

// maskedSegments returns the segments of the path that look like a token.
func maskedSegments(rawURL string) (secrets []string) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil
	}
	masked, err := url.Parse(callback.Mask(u.String()))
	if err != nil {
		return nil
	}
	segments, shown := strings.Split(u.Path, "/"), strings.Split(masked.Path, "/")
	for i, segment := range segments {
		if i >= len(shown) || shown[i] != segment {
			secrets = append(secrets, segment)
		}
	}
	return secrets
}
