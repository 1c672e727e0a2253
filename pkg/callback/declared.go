package callback

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Position is a place in a file. Lines and columns count from 1; columns count
// characters. The zero Position means that there is no place.
type Position struct {
	File   string
	Line   int
	Column int
}

// String returns FILE:LINE:COLUMN, or "" for the zero Position. Control and invisible
// characters in the name of the file are escaped: in CI, others may choose the name.
func (p Position) String() string {
	if p == (Position{}) {
		return ""
	}
	return fmt.Sprintf("%s:%d:%d", escape(p.File), p.Line, p.Column)
}

// Declared is a callback as the user wrote it, before it is checked.
type Declared struct {
	Account bool
	Sender  string // as written; "" for the account
	URL     URL    // zero if there must be no callback; then no rule for URLs applies

	Position    Position // of the target
	URLPosition Position // of the URL

	// Variables are the parts of URL that came from environment variables, in the
	// order of the URL.
	Variables []Variable
}

// Variable is the part URL[Start:End] of a declared callback. It is the value of
// an environment variable.
type Variable struct {
	Name       string
	Start, End int
}

func (d Declared) target() string {
	if d.Account {
		return string(ScopeAccount)
	}
	return shorten(escape(maskInput(d.Sender)))
}

// checkDeclaredURL returns the problems of the URL of a declared callback. If the
// value of a variable causes a problem, the problem names the variable.
func checkDeclaredURL(rules []Rule, d Declared, policy Policy) []Problem {
	if len(d.Variables) == 0 && meansNone(d.URL.Whole()) {
		at := slices.IndexFunc(rules, func(r Rule) bool { return r.ID == ruleSyntax })
		return []Problem{rules[at].problem(finding{"this is neither a URL nor none", "if there must be no callback, write none in lower case and nothing else"}, "", d.URL)}
	}
	var problems []Problem
	u := parseRaw(d.URL.Whole())
	if policy.AnyValues && len(d.Variables) > 0 {
		u = d.likelyURL(policy)
	}
	for _, rule := range rules {
		var found []finding
		switch {
		case rule.declared != nil:
			found = rule.declared(d)
		case rule.url != nil:
			found = d.spoilt(rule, rule.url(u, policy), policy)
		}
		for _, f := range found {
			problems = append(problems, rule.problem(f, "", d.URL))
		}
	}
	return problems
}

// meansNone reports whether a text, which is not a URL, was probably meant as none.
func meansNone(text string) bool {
	const longest = 40
	if len(text) > longest {
		return false
	}
	word := strings.ToLower(strings.Trim(text, " \t\r\n'\"“”‘’\u00a0\u3000"))
	return slices.Contains([]string{"none", "null", "nil", "no", "n", "off", "false", "disabled", "empty", "无"}, word)
}

// spoilt adds the variables that cause the findings of a URL rule. With
// policy.AnyValues it returns no findings if they depend on the variables.
func (d Declared) spoilt(rule Rule, found []finding, policy Policy) []finding {
	if len(d.Variables) == 0 || len(found) == 0 {
		return found
	}
	names, fixable := d.spoilers(rule, policy)
	switch {
	case fixable && (policy.AnyValues || rule.ID == ruleDollar):
		return nil // the declaration itself is correct
	case len(names) == 0:
		return found
	}
	of := "the value of " + strings.Join(names, " and of ")
	for i := range found {
		found[i].message += fmt.Sprintf(" (because of %s)", of)
	}
	return found
}

// spoilers returns the variables whose values make the URL break a rule, and
// whether other values would keep the rule.
func (d Declared) spoilers(rule Rule, policy Policy) (names []string, fixable bool) {
	keeps := func(values []string) bool {
		u := parseRaw(d.withValues(values))
		return u.hasAuthority() && len(rule.url(u, policy)) == 0
	}
	for values := range d.assignments(policy) {
		if !keeps(values) {
			continue
		}
		for i, v := range d.Variables {
			alone := slices.Clone(values)
			alone[i] = d.URL.Whole()[v.Start:v.End]
			if name := "${" + v.Name + "}"; !keeps(alone) && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		return names, true
	}
	return nil, false
}

// assignments yields values for the variables. Each in turn fits a path or query,
// a port, a host, and the beginning of a URL. If there are many variables, they
// all get the same value.
func (d Declared) assignments(policy Policy) func(yield func([]string) bool) {
	port := strconv.Itoa(policy.ports()[0])
	fitting := []string{"x", port, "h.example.com", "h.example.com:" + port, "https", "https://h.example.com:" + port}
	const most = 3 // variables whose values are combined
	return func(yield func([]string) bool) {
		free := min(len(d.Variables), most)
		if len(d.Variables) > most {
			free = 1
		}
		total := 1
		for range free {
			total *= len(fitting)
		}
		for n := range total {
			values := make([]string, len(d.Variables))
			for i := range values {
				values[i] = fitting[n%len(fitting)]
				if i < free-1 {
					n /= len(fitting)
				}
			}
			if !yield(values) {
				return
			}
		}
	}
}

// likelyURL returns the URL with values that fit it, as far as such values exist.
func (d Declared) likelyURL(policy Policy) rawURL {
	var first rawURL
	for values := range d.assignments(policy) {
		u := parseRaw(d.withValues(values))
		if u.hasAuthority() {
			return u
		}
		if first.text == "" {
			first = u
		}
	}
	return first
}

// withValues returns the URL with other values of its variables.
func (d Declared) withValues(values []string) string {
	var out strings.Builder
	end := 0
	for i, v := range d.Variables {
		out.WriteString(d.URL.Whole()[end:v.Start] + values[i])
		end = v.End
	}
	out.WriteString(d.URL.Whole()[end:])
	return out.String()
}

// checkLiteralSecret finds secrets in a URL that are written in the declaration
// itself.
func checkLiteralSecret(d Declared) []finding {
	rest, _, _ := strings.Cut(d.URL.Whole(), "#")
	base, query, _ := strings.Cut(rest, "?")
	start := len(base) + 1
	hint := "write ${NAME} instead and set the variable in the environment; 'sesctl callback export --env FILE' does both"
	if at := strings.LastIndexByte(base, '@'); at >= 0 {
		from := authorityStart(base)
		if shown, _ := maskUserinfo(base); shown != base && d.literal(from, at) {
			return []finding{{"the URL contains a user name or password, so the declaration contains it too", hint}}
		}
	}
	for parameter := range strings.SplitSeq(query, "&") {
		name, value, hasValue := strings.Cut(parameter, "=")
		from, to := start, start+len(parameter)
		if hasValue && strings.Trim(value, "=") != "" {
			from = start + len(name) + 1
		}
		start = to + 1
		if from < to && d.literal(from, to) {
			return []finding{{"the declaration itself contains the value of a query parameter; anyone who knows it can send events", hint}}
		}
	}
	return nil
}

// literal reports whether no part of URL[from:to] came from a variable.
func (d Declared) literal(from, to int) bool {
	return !slices.ContainsFunc(d.Variables, func(v Variable) bool { return v.Start < to && v.End > from })
}
