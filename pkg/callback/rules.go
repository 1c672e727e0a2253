package callback

import (
	"slices"
	"strconv"
	"strings"
)

// Severity is the weight of a problem: an error forbids a callback, a warning only
// advises.
type Severity string

// The severities.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
)

// Rule is one rule that callbacks must follow. The commands, the emulator and the
// documentation all use the rules from [Rules].
type Rule struct {
	ID       string
	Severity Severity
	Summary  string
	Source   string // where the rule comes from

	url      func(rawURL, Policy) []finding
	address  func(string) []finding
	set      func([]Declared) []located
	declared func(Declared) []finding
}

// Problem is a broken rule and its place.
type Problem struct {
	Rule     string
	Severity Severity
	// Target is the sender address as it was written, "account", or "" for a URL
	// alone. The address is shortened, its control characters are escaped, and it
	// is masked if it looks like a URL.
	Target string
	// Index is the index of the declared callback in the argument of CheckAll.
	Index int
	// Position is the place of the problem in the file that declares the callback.
	// It is the zero Position if the callback is not in a file.
	Position Position
	URL      URL
	Message  string // holds no secret: URLs in it are masked
	Hint     string // how to fix it
}

type finding struct{ message, hint string }

type located struct {
	finding
	index int // of the declared callback that has the problem
}

// Policy holds the settings that differ between the places where callbacks are
// checked.
type Policy struct {
	// Ports lists the ports that a URL may have; empty means DefaultPorts.
	Ports []int
	// PrivateHosts allows hosts that the internet cannot reach. An emulator on the
	// same machine can reach them.
	PrivateHosts bool
	// AnyValues treats the values of variables as unknown: a declared URL breaks a
	// rule only if it does so with all values.
	AnyValues bool
}

// DefaultPorts returns the ports that SES supports (document 1084/40183). The
// FAQ (1084/39655) shows a callback without a port; the two pages disagree.
func DefaultPorts() []int { return []int{8080, 8081, 8082} }

func (p Policy) ports() []int {
	if len(p.Ports) == 0 {
		return DefaultPorts()
	}
	return p.Ports
}

func (p Policy) portList() string {
	var names []string
	for _, port := range p.ports() {
		names = append(names, strconv.Itoa(port))
	}
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

// The rules for how a declaration is written. They do not concern the callbacks
// that it declares.
const (
	ruleDollar = "declaration-dollar"
	ruleSecret = "declaration-secret"
)

// AboutDeclaration reports whether the problem is in how a declaration is written.
// Then its callbacks can still be applied.
func (p Problem) AboutDeclaration() bool { return p.Rule == ruleDollar || p.Rule == ruleSecret }

// ruleSyntax is the rule that a text is a URL at all.
const ruleSyntax = "url-syntax"

const (
	sourceRules   = "SES document 1084/40183 (Chinese 1288/55194)"
	sourceRFC3986 = "RFC 3986"
)

// Rules returns all rules, in the order in which they are checked.
func Rules() []Rule {
	return []Rule{
		{ID: "url-whitespace", Severity: SeverityError, Source: sourceRFC3986 + ", section 2", url: checkWhitespace,
			Summary: "a URL contains no spaces, control or invisible characters"},
		{ID: ruleSyntax, Severity: SeverityError, Source: sourceRFC3986 + ", sections 2 and 3", url: checkSyntax,
			Summary: "a callback is an absolute URL; characters that are not allowed in a URL are percent-encoded"},
		{ID: "url-scheme", Severity: SeverityError, Source: "SES document 1084/39492 (events are sent by HTTP POST)", url: checkScheme,
			Summary: "the scheme is http or https"},
		{ID: "url-host", Severity: SeverityError, Source: sourceRFC3986 + ", section 3.2.2; RFC 1123, section 2.1; RFC 5891", url: checkHost,
			Summary: "the host is a real host name or address"},
		{ID: "url-port", Severity: SeverityError, Source: sourceRules + "; the FAQ 1084/39655 shows a URL without a port", url: checkPort,
			Summary: "the URL names a port that SES supports: 8080, 8081 or 8082, or a port that the profile allows"},
		{ID: "url-fragment", Severity: SeverityError, Source: sourceRFC3986 + ", section 3.5 (a fragment is never sent)", url: checkFragment,
			Summary: "a URL has no fragment"},
		{ID: "url-private-host", Severity: SeverityError, Source: sourceRules + " (the address must really exist); RFC 6761, RFC 6890", url: checkPrivateHost,
			Summary: "the internet can reach the host; not checked against an emulator"},
		{ID: "url-plain-http", Severity: SeverityWarning, Source: "SES document 1084/39492 (events hold recipients and are not signed)", url: checkPlainHTTP,
			Summary: "events travel encrypted, by https"},
		{ID: "url-userinfo", Severity: SeverityWarning, Source: sourceRFC3986 + ", section 3.2.1 (deprecated)", url: checkUserinfo,
			Summary: "a URL has no user name or password"},
		{ID: "url-length", Severity: SeverityWarning, Source: "not documented by SES; 2,048 bytes pass everywhere", url: checkLength,
			Summary: "a URL has at most 2,048 bytes"},
		{ID: "sender-syntax", Severity: SeverityError, Source: "RFC 5321, section 4.1.2; SES document 1084/40183", address: checkSenderSyntax,
			Summary: "a sender is an email address"},
		{ID: "sender-duplicate", Severity: SeverityError, Source: sourceRules, set: checkSenderDuplicate,
			Summary: "a sender address has at most one callback"},
		{ID: "scope-duplicate", Severity: SeverityError, Source: sourceRules, set: checkScopeDuplicate,
			Summary: "an account has at most one callback of its own"},
		{ID: ruleDollar, Severity: SeverityWarning, Source: "the format of declarations", url: checkDollar,
			Summary: "placeholders are replaced; a variable is written ${NAME}, not $NAME"},
		{ID: ruleSecret, Severity: SeverityWarning, Source: "SES does not sign events (document 1084/39492): the URL is the secret", declared: checkLiteralSecret,
			Summary: "secrets in a URL come from environment variables"},
	}
}

// CheckURL returns the problems of a URL as a callback.
func CheckURL(rawURL string, policy Policy) []Problem {
	return checkURL(Rules(), rawURL, policy)
}

func checkURL(rules []Rule, rawURL string, policy Policy) []Problem {
	u := parseRaw(rawURL)
	var problems []Problem
	for _, rule := range rules {
		if rule.url == nil {
			continue
		}
		for _, f := range rule.url(u, policy) {
			problems = append(problems, rule.problem(f, "", NewURL(rawURL)))
		}
	}
	return problems
}

// CheckSender returns the problems of a sender address.
func CheckSender(address string) []Problem { return checkSender(Rules(), address) }

func checkSender(rules []Rule, address string) []Problem {
	var problems []Problem
	for _, rule := range rules {
		if rule.address == nil {
			continue
		}
		for _, f := range rule.address(address) {
			problems = append(problems, rule.problem(f, shorten(escape(maskInput(address))), URL{}))
		}
	}
	return problems
}

// CheckAll returns the problems of callbacks that are declared together: of each
// callback alone, and of all of them as a set. The problems are in the order of
// the callbacks. Each has the position of the target or URL that it concerns.
func CheckAll(declared []Declared, policy Policy) []Problem {
	rules := Rules()
	together := checkSet(rules, declared)
	var problems []Problem
	for i, d := range declared {
		add := func(at Position, found ...Problem) {
			for _, p := range found {
				p.Target, p.Index, p.Position = d.target(), i, at
				problems = append(problems, p)
			}
		}
		if !d.Account {
			add(d.Position, checkSender(rules, d.Sender)...)
		}
		add(d.Position, together[i]...)
		if !d.URL.IsZero() {
			add(d.URLPosition, checkDeclaredURL(rules, d, policy)...)
		}
	}
	return problems
}

// checkSet returns the problems of the callbacks as a set, by their index.
func checkSet(rules []Rule, declared []Declared) map[int][]Problem {
	problems := map[int][]Problem{}
	for _, rule := range rules {
		if rule.set == nil {
			continue
		}
		for _, l := range rule.set(declared) {
			problems[l.index] = append(problems[l.index], rule.problem(l.finding, "", declared[l.index].URL))
		}
	}
	return problems
}

// HasErrors reports whether one of the problems is an error.
func HasErrors(problems []Problem) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool { return p.Severity == SeverityError })
}

func (r Rule) problem(f finding, target string, url URL) Problem {
	return Problem{Rule: r.ID, Severity: r.Severity, Target: target, URL: url, Message: f.message, Hint: f.hint}
}

func checkSenderSyntax(address string) []finding {
	if _, err := ParseSender(address); err != nil {
		return []finding{{err.Error(), "write an address such as noreply@mail.example.com"}}
	}
	return nil
}
