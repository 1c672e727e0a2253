package tc3

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

const (
	algorithm  = "TC3-HMAC-SHA256"
	terminator = "tc3_request"
	// maxSkew is how far a timestamp may be off (common error codes,
	// AuthFailure.SignatureExpire).
	maxSkew = 5 * time.Minute
)

// Error is the reason why a request is refused, with its published error code.
type Error struct{ Code, Message string }

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Verifier verifies requests. It is safe for use by several goroutines.
type Verifier struct {
	keys    map[string]string
	now     func() time.Time
	derived keyCache
	scratch sync.Pool // of *[]byte
}

// NewVerifier returns a verifier that knows these secret keys by their secret
// ids, and compares timestamps with the clock now.
func NewVerifier(keys map[string]string, now func() time.Time) *Verifier {
	return &Verifier{keys: keys, now: now, scratch: sync.Pool{New: func() any { return new([]byte) }}}
}

// Verify checks the signature of a request with this body; it returns nil if the
// signature is valid.
func (v *Verifier) Verify(r *http.Request, body []byte) *Error {
	header := first(r.Header, "Authorization")
	if header == "" {
		return missingHeader("Authorization")
	}
	auth, err := parseAuthorization(header)
	if err != nil {
		return &Error{sesapi.CodeInvalidAuthorization, "The Authorization header is not valid: " + err.Error() + "."}
	}
	stamp := first(r.Header, "X-Tc-Timestamp")
	if stamp == "" {
		return missingHeader("X-TC-Timestamp")
	}
	signed, refused := v.timestamp("X-TC-Timestamp", stamp)
	if refused != nil {
		return refused
	}
	var date [len(time.DateOnly)]byte
	if string(signed.AppendFormat(date[:0], time.DateOnly)) != auth.date {
		return &Error{sesapi.CodeSignatureFailure, "The date in the credential is not the date of the timestamp in UTC."}
	}
	secret, refused := v.secret(auth.id)
	if refused != nil {
		return refused
	}
	if reason := signedEnough(auth.signedHeaders, r.Header); reason != "" {
		return &Error{sesapi.CodeSignatureFailure, reason}
	}
	key, cached := v.derived.get(auth)
	if !cached {
		key = deriveKey(secret, auth.date, auth.service)
	}
	scratch := v.scratch.Get().(*[]byte)
	defer v.scratch.Put(scratch)
	m := message{r: r, auth: &auth, stamp: stamp, key: key, scratch: (*scratch)[:0]}
	matches := m.matches(body)
	*scratch = m.scratch
	if !matches {
		return errSignature()
	}
	if !cached {
		v.derived.put(auth, key)
	}
	return nil
}

// timestamp reads a number of seconds since 1970, and refuses a time that is not
// close to now.
func (v *Verifier) timestamp(name, text string) (time.Time, *Error) {
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, &Error{sesapi.CodeInvalidParameter, name + " is not a number of seconds."}
	}
	signed := time.Unix(seconds, 0).UTC()
	if skew := v.now().Sub(signed); skew > maxSkew || skew < -maxSkew {
		return signed, &Error{sesapi.CodeSignatureExpire, "The signature has expired: the timestamp and the server's time differ by more than five minutes."}
	}
	return signed, nil
}

func (v *Verifier) secret(id string) (string, *Error) {
	secret, known := v.keys[id]
	if !known {
		return "", &Error{sesapi.CodeSecretIDNotFound, "The secret id is not found; check that it is right."}
	}
	return secret, nil
}

func errSignature() *Error {
	return &Error{sesapi.CodeSignatureFailure, "The provided credentials could not be validated. Please check your signature is correct."}
}

func missingHeader(name string) *Error {
	return &Error{sesapi.CodeMissingParameter, "The request is missing a required header `" + name + "`."}
}

// first returns the first value of a header, or "". Key must be in the canonical form
// that net/http uses for all names.
func first(h http.Header, key string) string {
	if values := h[key]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// signedEnough returns what is wrong with the list of signed headers, or "". The
// headers content-type and host must be signed, and the request must have every
// header of the list.
func signedEnough(list string, h http.Header) string {
	var contentType, host bool
	for name := range strings.SplitSeq(list, ";") {
		switch {
		case name == "host":
			host = true
		case first(h, http.CanonicalHeaderKey(name)) == "":
			return "The header " + callback.Quote(name) + " is signed, but the request does not have it."
		case name == "content-type":
			contentType = true
		}
	}
	if !contentType || !host {
		return "The headers content-type and host must be signed."
	}
	return ""
}

// message has the signed parts of a request, except for the spelling of the host.
type message struct {
	r       *http.Request
	auth    *authorization
	stamp   string
	key     []byte
	payload [sha256.Size]byte
	scratch []byte
}

// matches reports whether the signature is valid for one of the spellings in which
// official clients sign the host. The document requires values in lower case. Not
// every client does that, so the values are also tried as sent.
func (m *message) matches(body []byte) bool {
	switch {
	case first(m.r.Header, "X-Tc-Content-Sha256") == "UNSIGNED-PAYLOAD":
		m.payload = sha256.Sum256([]byte("UNSIGNED-PAYLOAD"))
	default:
		m.payload = sha256.Sum256(body)
	}
	for _, lower := range [...]bool{true, false} {
		for _, host := range hosts(m.r.Host) {
			if m.matchesHost(host, lower) {
				return true
			}
		}
	}
	return false
}

// hosts returns the spellings in which official clients sign a host: as sent, or
// without its port (Node SDK). Both can begin with "http://" (Tencent's CLI over
// plain HTTP), and all of them can end with a slash, if the configured endpoint does.
func hosts(sent string) [8]string {
	host := strings.TrimSuffix(strings.TrimPrefix(sent, "http://"), "/")
	bare := host
	if name, _, err := net.SplitHostPort(host); err == nil {
		bare = name
		if strings.Contains(name, ":") {
			bare = "[" + name + "]"
		}
	}
	return [...]string{host, bare, "http://" + host, "http://" + bare, host + "/", "http://" + host + "/", bare + "/", "http://" + bare + "/"}
}

func (m *message) matchesHost(host string, lower bool) bool {
	b := append(append(m.scratch[:0], m.r.Method...), "\n/\n"...)
	if m.r.Method == http.MethodGet {
		b = append(b, m.r.URL.RawQuery...)
	}
	b = append(b, '\n')
	for name := range strings.SplitSeq(m.auth.signedHeaders, ";") {
		value := host
		if name != "host" {
			value = strings.TrimSpace(first(m.r.Header, http.CanonicalHeaderKey(name)))
		}
		if lower {
			value = strings.ToLower(value)
		}
		b = append(append(append(append(b, name...), ':'), value...), '\n')
	}
	b = append(append(append(b, '\n'), m.auth.signedHeaders...), '\n')
	b = hex.AppendEncode(b, m.payload[:])
	request := sha256.Sum256(b)

	b = append(append(b[:0], algorithm+"\n"...), m.stamp...)
	b = append(append(append(append(append(b, '\n'), m.auth.date...), '/'), m.auth.service...), "/"+terminator+"\n"...)
	b = hex.AppendEncode(b, request[:])
	m.scratch = b
	var sum [sha256.Size]byte
	mac := hmac.New(sha256.New, m.key)
	mac.Write(b)
	return subtle.ConstantTimeCompare(mac.Sum(sum[:0]), m.auth.signature[:]) == 1
}

func deriveKey(secret, date, service string) []byte {
	key := []byte("TC3" + secret)
	for _, part := range [...]string{date, service, terminator} {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part))
		key = mac.Sum(nil)
	}
	return key
}

// keyCache keeps derived signing keys. A key is added only after a valid signature. A
// full cache is emptied: only a few keys are in use, one for each secret id, date and
// service.
type keyCache struct {
	mu   sync.RWMutex
	keys map[cacheKey][]byte
}

type cacheKey struct{ id, date, service string }

const maxCachedKeys = 64

func (k *keyCache) get(a authorization) ([]byte, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	key, found := k.keys[cacheKey{a.id, a.date, a.service}]
	return key, found
}

func (k *keyCache) put(a authorization, key []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.keys == nil || len(k.keys) >= maxCachedKeys {
		k.keys = map[cacheKey][]byte{}
	}
	k.keys[cacheKey{strings.Clone(a.id), strings.Clone(a.date), strings.Clone(a.service)}] = key
}
