package callback

import (
	"slices"
	"strings"
)

// part is one part of a URL.
type part struct {
	text       string
	start, end int // in the URL
	hidden     bool
}

// urlParts is a URL, divided into the parts that people read.
type urlParts struct {
	scheme, user, host, port part
	segments, parameters     []part
}

// partsOf divides a URL into parts. It works on text, as [Mask] does.
func partsOf(rawURL string) urlParts {
	take := func(start, end int) part { return part{text: rawURL[start:end], start: start, end: end} }
	var p urlParts
	authority := authorityStart(rawURL)
	pathStart, end := pathBounds(rawURL)
	authority = min(authority, pathStart)
	p.scheme = take(0, authority)
	host := authority + strings.LastIndexByte(rawURL[authority:pathStart], '@') + 1
	p.user = take(authority, host)
	port := pathStart
	if colon := strings.LastIndexByte(rawURL[host:pathStart], ':'); colon >= 0 && !strings.Contains(rawURL[host+colon:pathStart], "]") {
		port = host + colon
	}
	p.host, p.port = take(host, port), take(port, pathStart)
	query := end
	if mark := strings.IndexByte(rawURL[pathStart:end], '?'); mark >= 0 {
		query = pathStart + mark
	}
	split := func(start, end int, separators string) (parts []part) {
		for start < end {
			length := strings.IndexAny(rawURL[start:end], separators)
			if length < 0 {
				length = end - start
			}
			if length > 0 {
				parts = append(parts, take(start, start+length))
			}
			start += length + 1
		}
		return parts
	}
	p.segments = split(pathStart, query, `/\`)
	p.parameters = split(min(query+1, end), end, "&")
	return p
}

// all returns the parts one after the other.
func (p *urlParts) all() []*part {
	all := []*part{&p.scheme, &p.user, &p.host, &p.port}
	for i := range p.segments {
		all = append(all, &p.segments[i])
	}
	for i := range p.parameters {
		all = append(all, &p.parameters[i])
	}
	return all
}

// hide returns the parts, and hides the parts that contain some of a variable's
// value. For a parameter this means its name; its value is always hidden.
func (p urlParts) hide(variables []Variable) urlParts {
	for _, one := range p.all() {
		end := one.end
		if name, _, found := strings.Cut(one.text, "="); found && slices.ContainsFunc(p.parameters, func(q part) bool { return q == *one }) {
			end = one.start + len(name)
		}
		one.hidden = slices.ContainsFunc(variables, func(v Variable) bool { return v.Start < end && v.End > one.start })
	}
	return p
}

// merge returns the parts, and hides the parts that are hidden in p or in other.
// Both come from spellings of one URL.
func (p urlParts) merge(other urlParts) urlParts {
	theirs := other.all()
	for i, one := range p.all() {
		if i < len(theirs) {
			one.hidden = one.hidden || theirs[i].hidden
		}
	}
	return p
}

// hidesAny reports whether more parts are hidden than in every URL.
func (p urlParts) hidesAny() bool {
	return slices.ContainsFunc(p.all(), func(one *part) bool { return one.hidden })
}

// matches reports whether another URL differs from p only in hidden parts, and in
// its user and query values, which are always hidden.
func (p urlParts) matches(other urlParts) bool {
	if len(p.segments) != len(other.segments) {
		return false
	}
	same := func(a, b part) bool { return a.hidden || strings.EqualFold(a.text, b.text) }
	for i := range p.segments {
		if !p.segments[i].hidden && p.segments[i].text != other.segments[i].text {
			return false
		}
	}
	return same(p.scheme, other.scheme) && same(p.host, other.host) && same(p.port, other.port)
}

// sameKind reports whether both hide the same parts of the same URLs.
func (p urlParts) sameKind(other urlParts) bool {
	a, b := p.all(), other.all()
	return slices.EqualFunc(a, b, func(x, y *part) bool {
		return x.hidden == y.hidden && (x.hidden || x.text == y.text)
	}) && len(p.segments) == len(other.segments)
}

func (p urlParts) hidesSegment(number int) bool {
	return number > 0 && number <= len(p.segments) && p.segments[number-1].hidden
}

func (p urlParts) hidesParameter(number int) bool {
	return number > 0 && number <= len(p.parameters) && p.parameters[number-1].hidden
}

// maskAuthority masks the scheme and the authority of a URL. The user information
// is masked before.
func (p urlParts) maskAuthority(scheme, authority string) string {
	if p.scheme.hidden && p.host.hidden {
		return masked
	}
	if p.scheme.hidden {
		scheme = masked + "://"
	}
	at := strings.LastIndexByte(authority, '@') + 1
	user, host, port := authority[:at], authority[at:], ""
	if colon := strings.LastIndexByte(host, ':'); colon >= 0 && !strings.Contains(host[colon:], "]") {
		host, port = host[:colon], host[colon:]
	}
	if p.user.hidden && user != "" {
		user = masked + "@"
	}
	if p.host.hidden {
		host = masked
	}
	if p.port.hidden && port != "" {
		port = ":" + masked
	}
	return scheme + user + host + port
}
