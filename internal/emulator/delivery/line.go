package delivery

import (
	"bytes"
	"net/url"
	"strings"
	"unicode"

	"github.com/sesctl/sesctl/pkg/callback"
)

// firstLine returns the first line of an answer that has text. If the answer repeats
// secrets of the URL, they are masked.
func firstLine(beginning []byte, rawURL string) string {
	var line string
	for raw := range bytes.Lines(beginning) {
		if line = strings.TrimSpace(strings.ToValidUTF8(string(raw), "")); line != "" {
			break
		}
	}
	if u, err := url.Parse(rawURL); err == nil {
		line = hide(line, u)
	}
	line = strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, line)
	if short := []rune(line); len(short) > maxLine {
		line = string(short[:maxLine]) + "…"
	}
	return line
}

// shortestSecret is the length of the shortest value that is masked. A shorter value,
// such as "1", is part of many texts.
const shortestSecret = 3

// hide masks the secrets of a URL in a text: its password, the values of its query,
// and the segments of its path that look like a token.
func hide(text string, u *url.URL) string {
	var secrets []string
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
	secrets = append(secrets, maskedSegments(u)...)
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
