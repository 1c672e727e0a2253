package webhook

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"github.com/sesctl/sesctl/pkg/callback"
)

// maxLine bounds the line that is shown of an answer, in characters.
const maxLine = 200

// lineOf returns the first line of an answer that has text, for people. An answer may
// repeat the URL: what is secret in it is masked.
func lineOf(body []byte, rawURL string) string {
	var line string
	for raw := range bytes.Lines(body) {
		if line = strings.TrimSpace(string([]rune(string(raw)))); line != "" {
			break
		}
	}
	line = hideSecrets(line, rawURL)
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

// hideSecrets masks a URL, its password and the values of its query in a text.
func hideSecrets(text, rawURL string) string {
	text = strings.ReplaceAll(text, rawURL, callback.Mask(rawURL))
	u, err := url.Parse(rawURL)
	if err != nil {
		return text
	}
	var secrets []string
	if password, ok := u.User.Password(); ok {
		secrets = append(secrets, password)
	}
	for part := range strings.SplitSeq(u.RawQuery, "&") {
		_, value, _ := strings.Cut(part, "=")
		secrets = append(secrets, value)
		if plain, err := url.QueryUnescape(value); err == nil {
			secrets = append(secrets, plain)
		}
	}
	const shortest = 3 // of what is worth hiding: "1" is in many texts, and a secret in none
	for _, secret := range secrets {
		if len(secret) >= shortest {
			text = strings.ReplaceAll(text, secret, "***")
		}
	}
	return text
}

// statusLine uses the words of the standard, not the text of the server.
func statusLine(code int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", code, http.StatusText(code)))
}
