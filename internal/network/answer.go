package network

import (
	"bytes"
	"net/url"
	"strings"
	"unicode"

	"github.com/sesctl/sesctl/pkg/callback"
)

// longestLine bounds the line that FirstLine returns, in characters.
const longestLine = 200

// FirstLine returns the first line with text of the body of an answer, for people. If
// the body repeats secrets of the URL that was called, they are masked. Characters that
// cannot be seen and bytes that are not UTF-8 are left out.
func FirstLine(body []byte, rawURL string) string {
	var line string
	for raw := range bytes.Lines(body) {
		if line = strings.TrimSpace(strings.ToValidUTF8(string(raw), "")); line != "" {
			break
		}
	}
	line = strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, hideSecrets(line, rawURL))
	if short := []rune(line); len(short) > longestLine {
		line = string(short[:longestLine]) + "…"
	}
	return line
}

// shortestSecret is the length of the shortest value that is masked. A shorter value,
// such as "1", is part of many texts.
const shortestSecret = 3

// hideSecrets masks a URL in a text, and its secrets: the password, the values of the
// query, and the segments of the path that look like a token.
func hideSecrets(text, rawURL string) string {
	text = strings.ReplaceAll(text, rawURL, callback.Mask(rawURL))
	u, err := url.Parse(rawURL)
	if err != nil {
		return text
	}
	secrets := maskedSegments(u)
	if password, given := u.User.Password(); given {
		secrets = append(secrets, password)
	}
	for part := range strings.SplitSeq(u.RawQuery, "&") {
		_, value, _ := strings.Cut(part, "=")
		secrets = append(secrets, value)
		if plain, err := url.QueryUnescape(value); err == nil {
			secrets = append(secrets, plain)
		}
	}
	for _, secret := range secrets {
		if len(secret) >= shortestSecret {
			text = strings.ReplaceAll(text, secret, "***")
		}
	}
	return text
}

// maskedSegments returns the segments of the path that look like a token.
func maskedSegments(u *url.URL) (secrets []string) {
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
