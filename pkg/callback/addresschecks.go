package callback

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// checkBare returns why a text cannot be an address. It does not check the parts
// before and after the @.
func checkBare(bare string) error {
	domain := bare[strings.LastIndexByte(bare, '@')+1:]
	switch {
	case bare == "":
		return errors.New("it has nothing in < >")
	case !utf8.ValidString(bare):
		return errors.New("it is not valid UTF-8")
	case strings.ContainsFunc(bare, isHidden):
		return fmt.Errorf("it contains control or invisible characters: %s", named(bare, isHidden))
	case strings.HasPrefix(strings.ToLower(bare), "mailto:"):
		return errors.New("it begins with mailto:, which is for links; write only the address")
	case strings.Contains(bare, "://"):
		return errors.New("it is a URL")
	case strings.Contains(bare, "＠"):
		return errors.New("it has a full-width ＠ (U+FF20); write @")
	case strings.HasPrefix(bare, "=?") && strings.HasSuffix(bare, "?="):
		return errors.New("it is an encoded text; write the address itself")
	case !strings.Contains(bare, "@"):
		return errors.New("it has no @")
	case domain == "":
		return errors.New("it has nothing after the @")
	case inQuotes(bare):
		return errors.New("it is in quotes; write it without quotes")
	case strings.ContainsAny(bare, "<>"):
		return errors.New("its < and > do not match")
	case strings.ContainsAny(bare, "＜＞《》〈〉"):
		return errors.New("it has brackets that only look like < >; write < >")
	case strings.HasPrefix(bare, `"`):
		return nil // a quoted local part may contain any character
	case strings.ContainsAny(bare, ",;，；、"):
		return errors.New("it has a comma or a semicolon: write only one address")
	case strings.ContainsFunc(bare, otherSpace):
		return fmt.Errorf("it contains white space: %s", named(bare, otherSpace))
	case strings.Contains(bare, " "):
		return errors.New("it contains white space")
	case strings.Count(bare, "@") > 1:
		return errors.New("it has more than one @")
	}
	return nil
}

// inQuotes reports whether a whole address is in quotes.
func inQuotes(bare string) bool {
	last, _ := utf8.DecodeLastRuneInString(bare)
	return beginsWithQuote(bare) && strings.ContainsRune("\"'`”’“»」》", last)
}

func otherSpace(c rune) bool { return c != ' ' && unicode.IsSpace(c) }

// named returns the code point of the first character that a function finds, and its name
// if it has one.
func named(text string, find func(rune) bool) string {
	c, _ := utf8.DecodeRuneInString(text[strings.IndexFunc(text, find):])
	if name := hiddenName(c); name != "" {
		return fmt.Sprintf("%U (%s)", c, name)
	}
	return fmt.Sprintf("%U", c)
}

const quotedSigns = `"(),:;<>@[\]`

// needsQuotes reports whether a local part must be quoted: it is not a dot-atom
// (RFC 5322, 3.2.3, extended by RFC 6532).
func needsQuotes(local string) bool { return checkLocal(local) != nil }

func checkLocal(local string) error {
	special := func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(quotedSigns, r) }
	switch {
	case local == "":
		return errors.New("it has nothing before the @")
	case strings.HasPrefix(local, `"`):
		return errors.New("a quoted local part is not supported")
	case strings.HasPrefix(local, "."), strings.HasSuffix(local, "."), strings.Contains(local, ".."):
		return errors.New("the part before the @ begins or ends with a dot, or has two dots in a row")
	case strings.ContainsFunc(local, special):
		c, _ := utf8.DecodeRuneInString(local[strings.IndexFunc(local, special):])
		return fmt.Errorf("it has %s before its @", quoteChar(c))
	case len(local) > maxLocalPart:
		return fmt.Errorf("the part before @ has more than %d bytes", maxLocalPart)
	case isAllowedForm(local), strings.ContainsAny(local, "{%") && placeholderHint(local) != "":
		return errors.New("a placeholder was not replaced")
	}
	return checkLook(local)
}

// checkLook refuses a part before the @ that looks like another one.
func checkLook(local string) error {
	ascii := true
	var before rune
	for _, c := range local {
		ascii = ascii && c < utf8.RuneSelf
		switch {
		case lookalike(c) != 0:
			return fmt.Errorf("it has %s (%U) before its @; write %c", quoteChar(c), c, lookalike(c))
		case unicode.Is(unicode.Mn, c) && before < utf8.RuneSelf:
			return fmt.Errorf("it has the combining character %U before its @; write the letter and its mark as one character", c)
		}
		before = c
	}
	if ascii {
		return nil
	}
	if mixed := mixedScripts(local); mixed != "" {
		return fmt.Errorf("it mixes %s letters before its @, so it looks like another address", mixed)
	}
	return nil
}

// checkDomainForm refuses what people often write in place of a domain.
func checkDomainForm(domain string) error {
	switch {
	case strings.HasPrefix(domain, "["):
		return errors.New("the domain is an IP address; write a domain name")
	case strings.HasSuffix(domain, "."), strings.HasSuffix(domain, "。"):
		return errors.New("the domain ends in a dot; remove it")
	case punctuation(domain) != 0:
		return fmt.Errorf("domain: it has %s, which is not allowed in a host name", quoteChar(punctuation(domain)))
	}
	return nil
}
