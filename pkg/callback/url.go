package callback

import "unique"

// URL is a callback URL. SES does not sign events, so anyone who knows the URL can
// send events to it: the URL is a secret. It prints as [Mask] shows it: with every
// verb of package fmt, in JSON and in logs. Whole returns the whole text.
//
// The zero URL means no callback. URLs are comparable, but two spellings of one
// URL are two different URLs; see [URL.Same].
//
// The field is a handle, not a string, because package fmt prints an unexported
// field without calling its methods. It prints a handle as a pointer.
type URL struct{ whole unique.Handle[string] }

// NewURL returns the URL with this text. It does not check any rule.
func NewURL(text string) URL {
	if text == "" {
		return URL{}
	}
	return URL{unique.Make(text)}
}

// Whole returns the whole text of the URL, or "" for the zero URL. It is for code
// that sends to the URL or keeps it, and for users who asked to see it.
func (u URL) Whole() string {
	if u.IsZero() {
		return ""
	}
	return u.whole.Value()
}

// IsZero reports whether u means no callback.
func (u URL) IsZero() bool { return u == URL{} }

// Same reports whether both URLs address the same resource; see [SameURL].
func (u URL) Same(other URL) bool { return u == other || SameURL(u.Whole(), other.Whole()) }

// String returns the URL masked.
func (u URL) String() string { return Mask(u.Whole()) }

// GoString returns the URL masked, for %#v.
func (u URL) GoString() string { return "callback.NewURL(" + Quote(u.String()) + ")" }

// MarshalText returns the URL masked. Use Whole to write the whole URL.
func (u URL) MarshalText() ([]byte, error) { return []byte(u.String()), nil }
