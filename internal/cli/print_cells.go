package cli

import (
	"fmt"
	"strings"

	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

// mostListed is how many names a list has. Others are counted.
const mostListed = 12

// firstOf joins up to most names, and counts the others: "a, b and 3 more".
func firstOf(names []string, most int) string {
	text := strings.Join(names[:min(len(names), most)], ", ")
	if more := len(names) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// firstTargets does the same for the names of targets.
func firstTargets(targets []callback.Target, most int, name func(callback.Target) string) string {
	names := make([]string, len(targets))
	for i, t := range targets {
		names[i] = name(t)
	}
	return firstOf(names, most)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func paintNo(cell string) output.Color {
	if cell == "no" {
		return output.Yellow
	}
	return output.Plain
}

func paintSource(cell string) output.Color {
	if cell == string(callback.SourceNone) {
		return output.Red
	}
	return output.Plain
}

func paintSeverity(cell string) output.Color {
	if cell == string(callback.SeverityError) {
		return output.Red
	}
	return output.Yellow
}

// orNone returns a callback URL for people, or the word none.
func (a *app) orNone(url callback.URL) string {
	if url.IsZero() {
		return "none"
	}
	return a.url(url)
}

// targetName returns the name of a target in a table row.
func targetName(t callback.Target) string {
	if t.IsAccount() {
		return "account"
	}
	return t.Address()
}

// callbackOf returns "account callback" or "callback of a@b".
func callbackOf(t callback.Target) string {
	if t.IsAccount() {
		return "account callback"
	}
	return "callback of " + t.Address()
}

// possessive returns "the account's callback" or "the callback of a@b".
func possessive(t callback.Target) string {
	if t.IsAccount() {
		return "the account's callback"
	}
	return "the callback of " + t.Address()
}
