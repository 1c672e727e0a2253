package cli

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sesctl/sesctl/internal/catalog"
	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/pkg/callback"
)

// masking returns what is hidden in callback URLs: the parts that callback.Mask hides,
// the values of the declaration's variables, and the parts that the profiles name.
func (a *app) masking() callback.Masking {
	m := a.declared
	for _, at := range a.opened() {
		if settings := at.Known(); settings != nil {
			m = m.WithSegments(settings.MaskedSegments...)
		}
	}
	return m
}

// mask returns a callback URL with its secrets hidden, even with --show-urls.
func (a *app) mask(url callback.URL) string { return a.masking().Mask(url.Whole()) }

// withoutSecrets returns a message with every URL masked. It also masks each argument
// and each variable that may be a URL: a URL in the wrong place may be quoted in the
// error of a library. With --show-urls nothing is hidden.
func (a *app) withoutSecrets(message string) string {
	if a.flags.showURLs {
		return message
	}
	typed := slices.Clone(a.env.Args)
	for _, name := range namingVariables() {
		typed = append(typed, a.env.Getenv(name))
	}
	for _, arg := range typed {
		for _, text := range []string{arg, valueOf(arg)} {
			if !mayBeURL(text) {
				continue
			}
			shown := a.masking().Mask(text)
			message = strings.ReplaceAll(message, text, shown)
			for _, quoted := range []string{strconv.Quote(text), callback.Quote(text)} {
				message = strings.ReplaceAll(message, quoted[1:len(quoted)-1], shown)
			}
		}
	}
	return a.masking().MaskText(message)
}

// namingVariables are variables whose values are repeated in messages.
func namingVariables() []string {
	return []string{config.EnvProfile, "SESCTL_OUTPUT", catalog.Variable, "SESCTL_CONFIG", "SESCTL_LOCAL", "SESCTL_LOCAL_STATE", "SESCTL_ENDPOINT", "TENCENTCLOUD_REGION", "TCCLI_PROFILE"}
}

// valueOf returns the value of an argument of the form --flag=value.
func valueOf(arg string) string {
	if name, value, found := strings.Cut(arg, "="); found && strings.HasPrefix(name, "-") {
		return value
	}
	return ""
}

// mayBeURL reports whether an argument may be a URL, or most of one.
func mayBeURL(arg string) bool {
	scheme, _, found := strings.Cut(arg, ":/")
	isScheme := found && scheme != "" && !strings.ContainsAny(scheme, " =/?&")
	return isScheme || strings.Contains(arg, "?") || strings.Contains(arg, "@") && strings.Contains(arg, ":") && strings.Contains(arg, "/")
}

// maskedOrNone returns a callback URL for a report: masked, even with --show-urls, or the
// word none. CI keeps reports where more people look than at the account.
func (a *app) maskedOrNone(url callback.URL) string {
	if url.IsZero() {
		return "none"
	}
	return a.mask(url)
}
