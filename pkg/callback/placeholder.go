package callback

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// placeholderForms are the forms of placeholders that cannot be part of a URL.
func placeholderForms() []struct{ pattern, hint string } {
	return []struct{ pattern, hint string }{
		{`\$\{[^}]*\}?`, "${NAME} is replaced in a declaration, and by a shell unless it is in single quotes; give the value itself here"},
		{`\{\{[^}]*\}\}`, "{{name}} is a template's placeholder, which was not replaced; give the value itself"},
		{`<%.*?%>`, otherForm("<%= name %>")},
		{`\{%.*?%\}`, otherForm("{% name %}")},
		{`%\{[^}]*\}`, otherForm("%{name}")},
		{`#\{[^}]*\}`, otherForm("#{name}")},
		{`@\{[^}]*\}`, otherForm("@{name}")},
		{`\[\[[^\[\]]+\]\]|\$\[[^\[\]]+\]`, otherForm("[[name]]")},
		{`%\([A-Za-z_][A-Za-z0-9_]*\)s`, otherForm("%(name)s")},
		{`\{[^{}]*\}`, "{name} is a placeholder in a description of a URL; give the value itself"},
		{`<[^<>]*>`, "<name> is a placeholder in a description of a URL; give the value itself"},
		{`[＜《【｛][^＞》】｝]*[＞》】｝]`, "<name> is a placeholder in a description of a URL; give the value itself"},
		{`%[A-Za-z_][A-Za-z0-9_:]*%`, "%NAME% is a variable of the Windows command line, which was not replaced; give the value itself"},
	}
}

func otherForm(form string) string {
	return form + " is a template's placeholder, which was not replaced; give the value itself"
}

// placeholderHint returns what to do about a placeholder in a URL that was not
// replaced, or "". It does not repeat any part of the URL.
func placeholderHint(text string) string {
	if len(text) > maxURL {
		return ""
	}
	for _, form := range placeholderForms() {
		if regexp.MustCompile(form.pattern).MatchString(text) {
			return form.hint
		}
	}
	return ""
}

// wholeHint is placeholderHint, also for a host, a port, or a text without a scheme that
// is as a whole a placeholder of other characters.
func wholeHint(text string) string {
	if hint := placeholderHint(text); hint != "" {
		return hint
	}
	whole := text
	if start, end := authorityBounds(text); start > 0 {
		whole = text[start:end]
	}
	name, port := whole, ""
	if colon := strings.LastIndexByte(whole, ':'); colon >= 0 {
		name, port = whole[:colon], whole[colon+1:]
	}
	if isAllowedForm(name) || isAllowedForm(port) || isAllowedForm(whole) || isFillIn(whole) {
		return "this is a placeholder, which was not replaced; give the value itself"
	}
	return ""
}

// dollarName matches a variable of a shell or of a pipeline. Many parameter names
// begin with a dollar sign in lower case ($filter), so only capitals count as a
// variable.
const dollarName = `\$(?:[A-Z_][A-Z0-9_]+|\([A-Za-z_][A-Za-z0-9_.]*\))`

// checkDollar finds placeholders whose characters are allowed in a URL: $NAME, and
// others. They are hardly ever intended.
func checkDollar(u rawURL, _ Policy) []finding {
	if len(u.text) > maxURL {
		return nil
	}
	if strings.Contains(u.text, "$") {
		if place := regexp.MustCompile(dollarName).FindStringIndex(u.text); place != nil {
			return []finding{{
				fmt.Sprintf("the URL has a $ and a name at character %d, like a variable that was not replaced", utf8.RuneCountInString(u.text[:place[0]])+1),
				"write ${NAME} in a declaration; elsewhere give the value itself, or %24 for a literal $",
			}}
		}
	}
	if start := placeholderPart(u.text); start >= 0 {
		return []finding{{
			fmt.Sprintf("the URL has a placeholder at character %d, which was not replaced", utf8.RuneCountInString(u.text[:start])+1),
			"give the value itself, in a declaration as ${NAME}",
		}}
	}
	return nil
}

// placeholderPart returns where the first segment of the path or value of the query that
// is a placeholder begins, or -1.
func placeholderPart(text string) int {
	parts := partsOf(text)
	for _, segment := range parts.segments {
		plain := decoded(segment.text)
		if isAllowedForm(plain) || isFillIn(plain) || isEncodedForm(segment.text, plain) || plain[0] == ':' && isName(plain[1:]) {
			return segment.start
		}
	}
	for _, parameter := range parts.parameters {
		name, value, found := strings.Cut(parameter.text, "=")
		plain := decoded(value)
		if found && (isAllowedForm(plain) || isFillIn(plain) || isLostValue(plain) || isDollarName(value) || isEncodedForm(value, plain)) {
			return parameter.start + len(name) + 1
		}
	}
	return -1
}
