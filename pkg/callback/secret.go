package callback

import "unique"

// URL is a callback URL. SES does not sign events, so whoever knows the URL can
// send events to it: the URL is a secret. It prints as [Mask] shows it, with every
// verb of package fmt, in JSON and in logs. Whole returns the whole text.
//
// The zero URL stands for no callback. URLs are comparable; two spellings of one
// URL are two URLs, see [URL.Same].
//
// Package fmt prints an unexported field without asking its methods, and so would
// print a string. A handle is a pointer there.
type URL struct{ whole unique.Handle[string] }

// NewURL returns the URL of a text, as it is. No rule is checked.
func NewURL(text string) URL {
	if text == "" {
		return URL{}
	}
	return URL{unique.Make(text)}
}

// Whole returns the whole text of the URL, for those who send to it, keep it or
// asked to see it; "" for the zero URL.
func (u URL) Whole() string {
	if u.IsZero() {
		return ""
	}
	return u.whole.Value()
}

// IsZero reports whether u stands for no callback.
func (u URL) IsZero() bool { return u == URL{} }

// Same reports whether both URLs address the same thing, see [SameURL].
func (u URL) Same(other URL) bool { return u == other || SameURL(u.Whole(), other.Whole()) }

// String returns the URL masked.
func (u URL) String() string { return Mask(u.Whole()) }

// GoString returns the URL masked, for %#v.
func (u URL) GoString() string { return "callback.NewURL(" + Quote(u.String()) + ")" }

// MarshalText returns the URL masked. What must hold it whole asks Whole.
func (u URL) MarshalText() ([]byte, error) { return []byte(u.String()), nil }
