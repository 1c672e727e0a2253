package relay

import (
	"io"
	"log/slog"
	"regexp"
	"slices"
	"strings"
)

// NewLog returns a logger that writes each entry as one line of JSON. It replaces
// URLs and the given secrets by ***, because messages of libraries may contain them.
func NewLog(out io.Writer, level slog.Level, secrets []string) *slog.Logger {
	hide := hider(secrets)
	return slog.New(slog.NewJSONHandler(out, &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		switch a.Value.Kind() {
		case slog.KindString:
			a.Value = slog.StringValue(hide(a.Value.String()))
		case slog.KindAny:
			if err, isError := a.Value.Any().(error); isError {
				a.Value = slog.StringValue(hide(err.Error()))
			}
		}
		return a
	}}))
}

// hider returns a function that replaces URLs and secrets by ***. It looks for long secrets
// first, because a secret can begin with another one.
func hider(secrets []string) func(string) string {
	urls := regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^\s"']+`)
	var pairs []string
	longestFirst := slices.SortedFunc(slices.Values(secrets), func(a, b string) int { return len(b) - len(a) })
	for _, secret := range longestFirst {
		if len(secret) > 3 { // a shorter one is a part of many words
			pairs = append(pairs, secret, "***")
		}
	}
	known := strings.NewReplacer(pairs...)
	return func(text string) string { return known.Replace(urls.ReplaceAllString(text, "***")) }
}

// Secrets returns the texts that no log may contain.
func (o Options) Secrets() []string {
	secrets := slices.Clone(o.Paths)
	for _, path := range o.Paths {
		if i := strings.LastIndexByte(path, '/'); i >= 0 {
			secrets = append(secrets, path[i+1:])
		}
	}
	for _, u := range o.engines() {
		secrets = append(secrets, u.Password)
		if u.Password == "" {
			secrets = append(secrets, u.User) // a token
		}
	}
	return secrets
}
