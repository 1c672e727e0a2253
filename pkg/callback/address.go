package callback

import (
	"errors"
	"fmt"
	"strings"
)

// maxAddressInput is how much ParseSender reads. An address has at most 254 bytes
// (RFC 5321, 4.5.3.1.3, without the angle brackets). The rest is room for a
// display name.
const (
	maxAddressInput = 1024
	maxAddress      = 254
	maxLocalPart    = 64
)

// ParseSender reads a sender address, with or without a display name, and returns
// its target. It converts the address to lower case, and an international domain
// to its ASCII form (RFC 5891). So an address is one sender, however it is
// spelled. This is sesctl's own rule; SES does not document how it compares
// addresses. The error names the fault. It quotes the input shortened, with its
// control characters escaped.
func ParseSender(input string) (Target, error) {
	address, err := normalizeAddress(input)
	if err != nil {
		return Target{}, fmt.Errorf("%s is not an email address: %w", Quote(maskInput(input)), err)
	}
	return Target{address: address}, nil
}

func normalizeAddress(input string) (string, error) {
	if address, ok := plainAddress(input); ok {
		return address, nil
	}
	bare, err := bareAddress(strings.TrimSpace(input))
	if err != nil {
		return "", err
	}
	at := strings.LastIndexByte(bare, '@')
	local, domain := strings.ToLower(unquoteLocal(bare[:at])), bare[at+1:]
	if err := checkLocal(local); err != nil {
		return "", err
	}
	if err := checkDomainForm(domain); err != nil {
		return "", err
	}
	mixed := mixedScripts(domain)
	domain, err = asciiHost(domain)
	if err != nil {
		return "", fmt.Errorf("domain: %w", err)
	}
	switch {
	case mixed != "":
		return "", fmt.Errorf("domain: it mixes %s letters in one part, so it looks like another name; write it as %s if it is meant", mixed, domain)
	case !strings.Contains(domain, "."):
		return "", errors.New("the domain has no dot")
	case endsInNumber(domain):
		return "", errors.New("the domain ends in a number, which is not allowed in a domain name")
	}
	address := local + "@" + domain
	if len(address) > maxAddress {
		return "", fmt.Errorf("it has more than %d bytes", maxAddress)
	}
	return address, nil
}

// plainAddress returns the normal form of an address that has no display name and
// only the usual characters: letters, digits and . + - _ before the @. Nearly all
// addresses are of this kind. An account may have tens of thousands, and this way
// takes a tenth of the time.
func plainAddress(input string) (string, bool) {
	local, domain, found := strings.Cut(input, "@")
	if !found || len(input) > maxAddress || len(local) > maxLocalPart || needsQuotes(local) {
		return "", false
	}
	for i := range len(local) {
		if c := local[i]; !isAlphanumeric(c) && c != '.' && c != '+' && c != '-' && c != '_' {
			return "", false
		}
	}
	address := strings.ToLower(input)
	if !isPlainHost(domain) || !strings.Contains(domain, ".") || endsInNumber(address) {
		return "", false
	}
	return address, true
}

// maskInput masks an input that was given as an address, because it may be a URL
// in the wrong place.
func maskInput(input string) string {
	before, _, _ := strings.Cut(input, "@")
	password := strings.Contains(before, ":") && !strings.Contains(input, "<") &&
		!strings.EqualFold(before[:strings.IndexByte(before, ':')], "mailto")
	if password || strings.Contains(input, "//") || strings.ContainsAny(input, "?？") {
		return Mask(input)
	}
	return input
}

// unquoteLocal removes the quotes of a local part that does not need them.
func unquoteLocal(local string) string {
	if inner, quoted := strings.CutPrefix(local, `"`); quoted {
		if inner, quoted = strings.CutSuffix(inner, `"`); quoted && !needsQuotes(inner) {
			return inner
		}
	}
	return local
}

// bareAddress returns the address in input without its display name: the text in
// the last < >, or else input without a comment at its end (RFC 5322, sections 3.4
// and 3.2.2). The display name is not checked.
func bareAddress(input string) (string, error) {
	switch {
	case input == "":
		return "", errors.New("it is empty")
	case len(input) > maxAddressInput:
		return "", fmt.Errorf("it has more than %d bytes", maxAddressInput)
	}
	bare := withoutComment(input)
	if inner, closed := strings.CutSuffix(bare, ">"); closed {
		open := strings.LastIndexByte(inner, '<')
		if open < 0 {
			return "", errors.New("it has > without <")
		}
		bare = strings.TrimSpace(inner[open+1:])
	}
	return bare, checkBare(bare)
}

// withoutComment removes a comment in ( ) from the end.
func withoutComment(input string) string {
	if open := strings.LastIndexByte(input, '('); open > 0 && strings.HasSuffix(input, ")") {
		return strings.TrimSpace(input[:open])
	}
	return input
}
