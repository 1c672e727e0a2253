package callback

import (
	"cmp"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// Scope is the level at which a callback exists. SES knows two of them
// (document 1084/40183, "Callback address").
type Scope string

// The scopes of SES.
const (
	ScopeAccount Scope = "account"
	ScopeSender  Scope = "sender"
)

// Target is what a callback belongs to: the account, or one sender address.
// The zero Target is the account. Targets are comparable; two spellings of one
// sender address give equal Targets.
type Target struct{ address string }

// Account returns the target of the account's callback.
func Account() Target { return Target{} }

// maxAddressInput bounds what ParseSender looks at. An address has at most 254
// bytes (RFC 5321, 4.5.3.1.3, less the angle brackets); the rest is room for a
// display name.
const (
	maxAddressInput = 1024
	maxAddress      = 254
	maxLocalPart    = 64
)

// A host name has at most 253 bytes in its ASCII form (RFC 1035, 2.3.4, less the
// length octets). Its other form has at most four bytes for each of them; encoding
// a text without a limit takes time that grows with the square of its length.
const (
	maxHost      = 253
	maxHostInput = 4 * maxHost
	maxLabel     = 63 // bytes (RFC 1035, 2.3.4)
)

// ParseSender reads a sender address, with or without a display name, and
// returns its target. Case is folded, and an international domain is brought
// into its ASCII form (RFC 5891): an address is one sender, whatever its case.
// That is sesctl's own way of comparing; that SES does likewise is not
// documented. The error names what is wrong, and quotes the input shortened and
// with its control characters escaped.
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
	local, domain := strings.ToLower(bare[:at]), bare[at+1:]
	if needsQuotes(local) {
		return "", errors.New("a quoted local part is not supported")
	}
	if len(local) > maxLocalPart {
		return "", fmt.Errorf("the part before @ has more than %d bytes", maxLocalPart)
	}
	domain, err = asciiHost(domain)
	if err != nil {
		return "", fmt.Errorf("domain: %w", err)
	}
	switch {
	case !strings.Contains(domain, "."):
		return "", errors.New("the domain has no dot")
	case endsInNumber(domain):
		return "", errors.New("the domain ends in a number, as no domain name does")
	}
	address := local + "@" + domain
	if len(address) > maxAddress {
		return "", fmt.Errorf("it has more than %d bytes", maxAddress)
	}
	return address, nil
}

// plainAddress returns the normal form of an address without a display name that
// has only what nearly all have: letters, digits and . + - _ before the @. An
// account may have tens of thousands, and this takes a tenth of the time.
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

// isPlainHost reports whether a host name is of ASCII letters, digits and
// hyphens, so that its form for comparison is that in lower case. A label with
// two hyphens may be an encoded one (RFC 5890, 2.3.1) and is left to package
// idna.
func isPlainHost(host string) bool {
	if len(host) > maxHost {
		return false
	}
	start := 0
	for i := 0; i <= len(host); i++ {
		if i < len(host) && host[i] != '.' {
			if !isAlphanumeric(host[i]) && (host[i] != '-' || host[i-min(i, 1)] == '-') {
				return false
			}
			continue
		}
		label := host[start:i]
		if label == "" || len(label) > maxLabel || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		start = i + 1
	}
	return true
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// maskInput masks what was given as an address and may be a URL in the wrong
// place.
func maskInput(input string) string {
	if strings.Contains(input, "://") || strings.Contains(input, "?") {
		return Mask(input)
	}
	return input
}

// needsQuotes reports whether a local part is none of the plain ones (dot-atom in
// RFC 5322, 3.2.3, extended by RFC 6532).
func needsQuotes(local string) bool {
	return local == "" || strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, "..") ||
		strings.ContainsFunc(local, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`"(),:;<>@[\]`, r) })
}

// bareAddress takes the display name off and leaves local@domain.
func bareAddress(input string) (string, error) {
	switch {
	case input == "":
		return "", errors.New("it is empty")
	case len(input) > maxAddressInput:
		return "", fmt.Errorf("it has more than %d bytes", maxAddressInput)
	case !utf8.ValidString(input):
		return "", errors.New("it is not valid UTF-8")
	case strings.ContainsFunc(input, isHidden):
		return "", errors.New("it contains control or invisible characters")
	case strings.Contains(input, "://"):
		return "", errors.New("it is a URL")
	case !strings.Contains(input, "@"):
		return "", errors.New("it has no @")
	}
	parsed, err := mail.ParseAddress(input)
	if err != nil {
		reason, _, _ := strings.Cut(err.Error(), ", got ") // what follows quotes the input
		if strings.Contains(reason, "angle-addr") {        // RFC 5322 for what stands between < and >
			return "", errors.New("it is not of the form name@domain, in which a dot has something on either side")
		}
		return "", errors.New(shorten(escape(strings.TrimPrefix(reason, "mail: "))))
	}
	return parsed.Address, nil
}

// isHidden tells characters that cannot be seen, or that change how the text
// around them is shown, and have no place in an address or a URL.
func isHidden(r rune) bool {
	if r < utf8.RuneSelf {
		return r < ' ' || r == 0x7f
	}
	const blankBraille = 0x2800
	return unicode.IsControl(r) || r == blankBraille || r == utf8.RuneError ||
		unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// asciiHost brings a host name into the lower-case ASCII form in which host
// names are compared (RFC 5891, as profiled by UTS #46 for lookup).
func asciiHost(host string) (string, error) {
	if isPlainHost(host) {
		return strings.ToLower(host), nil
	}
	if len(host) > maxHostInput {
		return "", fmt.Errorf("it has more than %d bytes", maxHost)
	}
	ascii, err := idna.Lookup.ToASCII(host)
	if err != nil {
		return "", errors.New(shorten(escape(strings.TrimPrefix(err.Error(), "idna: "))))
	}
	for label := range strings.SplitSeq(ascii, ".") {
		if label == "" {
			return "", errors.New("it has an empty label")
		}
		if len(label) > maxLabel {
			return "", fmt.Errorf("it has a label of more than %d bytes", maxLabel)
		}
	}
	if len(ascii) > maxHost {
		return "", fmt.Errorf("it has more than %d bytes", maxHost)
	}
	return ascii, nil
}

// IsAccount reports whether t is the account.
func (t Target) IsAccount() bool { return t.address == "" }

// Address returns the normalised sender address, or "" for the account.
func (t Target) Address() string { return t.address }

// Domain returns the part of the sender address behind the @, or "".
func (t Target) Domain() string {
	_, domain, _ := strings.Cut(t.address, "@")
	return domain
}

// Scope returns the level of t.
func (t Target) Scope() Scope {
	if t.IsAccount() {
		return ScopeAccount
	}
	return ScopeSender
}

// String returns "the account" or the sender address, for messages.
func (t Target) String() string {
	if t.IsAccount() {
		return "the account"
	}
	return t.address
}

// Compare orders targets: the account first, then the senders by address.
func (t Target) Compare(u Target) int { return cmp.Compare(t.address, u.address) }
