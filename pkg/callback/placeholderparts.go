package callback

import (
	"net/url"
	"slices"
	"strings"
)

// isAllowedForm reports whether a part of a URL is a placeholder, although its
// characters are allowed in a URL: __NAME__, @NAME@, ((name)) or !vault.
func isAllowedForm(text string) bool {
	inner := func(around, end string) string {
		rest, begins := strings.CutPrefix(text, around)
		rest, ends := strings.CutSuffix(rest, end)
		if !begins || !ends {
			return ""
		}
		return strings.Trim(rest, around[:1])
	}
	at := inner("@", "@")
	return isName(inner("__", "__")) || isName(at) && at == strings.ToUpper(at) ||
		isName(strings.ReplaceAll(inner("((", "))"), "-", "_")) || strings.HasPrefix(text, "!vault")
}

// isName reports whether a text is the name of a variable.
func isName(text string) bool {
	for i := range len(text) {
		if c := text[i]; c != '_' && !isAlphanumeric(c) || i == 0 && '0' <= c && c <= '9' {
			return false
		}
	}
	return text != ""
}

// isFillIn reports whether a text only marks the place of a value.
func isFillIn(text string) bool {
	const longest = 40
	if len(text) > longest {
		return false
	}
	word := strings.ReplaceAll(strings.ToLower(text), "_", "-")
	whose, what, _ := strings.Cut(word, "-")
	switch whose {
	case "your", "my":
		what = strings.TrimSuffix(what, "-here")
		return slices.Contains([]string{"token", "secret", "key", "api-key", "password", "url", "value"}, what[strings.LastIndexByte(what, '-')+1:])
	case "insert", "put", "enter", "add":
		return strings.HasSuffix(what, "-here")
	case "change", "replace":
		return slices.Contains([]string{"me", "it", "this"}, what)
	}
	return slices.Contains([]string{"changeme", "changeit", "replaceme", "yourtoken", "todo", "fixme", "tbd"}, word)
}

// isLostValue reports whether the value of a parameter is what programs write in place of
// a value that they do not have, or what examples have.
func isLostValue(text string) bool {
	switch strings.ToLower(text) {
	case "undefined", "null", "none", "nil", "nan", "example", "placeholder", "[object object]", "...", "…":
		return true
	}
	const shortest = 3
	return len(text) >= shortest && (strings.Trim(text, "xX") == "" || strings.Trim(text, "*") == "")
}

// isDollarName reports whether a value is $name or $env:NAME.
func isDollarName(value string) bool {
	name, dollar := strings.CutPrefix(value, "$")
	drive, rest, found := strings.Cut(name, ":")
	return dollar && isName(drive) && (!found || isName(rest))
}

// isEncodedForm reports whether a part is a placeholder that was percent-encoded.
func isEncodedForm(encoded, plain string) bool {
	if encoded == plain {
		return false
	}
	for _, form := range []struct{ begin, end string }{{"{", "}"}, {"${", "}"}, {"<", ">"}, {"[[", "]]"}} {
		if strings.HasPrefix(plain, form.begin) && strings.HasSuffix(plain, form.end) && len(plain) > len(form.begin)+len(form.end) {
			return true
		}
	}
	const fewest = len("%A%")
	return len(plain) >= fewest && plain[0] == '%' && plain[len(plain)-1] == '%' && isName(plain[1:len(plain)-1])
}

// decoded returns a part of a URL without percent-encoding, if it is valid.
func decoded(text string) string {
	if !strings.Contains(text, "%") {
		return text
	}
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}
