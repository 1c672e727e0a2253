package emulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sesctl/sesctl/internal/sesapi"
)

// The signature is TC3-HMAC-SHA256 (document "Signature v3").
const (
	algorithm  = "TC3-HMAC-SHA256"
	terminator = "tc3_request"
	// maxSkew is how far a timestamp may be off (common error codes,
	// AuthFailure.SignatureExpire).
	maxSkew = 5 * time.Minute
)

// authorization is what the Authorization header says.
type authorization struct {
	id, date, service string
	signedHeaders     string
	signature         [sha256.Size]byte
}

// parseAuthorization reads an Authorization header. Its errors say what is
// wrong and repeat nothing of it.
func parseAuthorization(header string) (authorization, error) {
	rest, ok := strings.CutPrefix(header, algorithm+" ")
	if !ok {
		return authorization{}, errors.New("it does not begin with " + algorithm)
	}
	var credential, signature string
	var out authorization
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		var field *string
		switch name {
		case "Credential":
			field = &credential
		case "SignedHeaders":
			field = &out.signedHeaders
		case "Signature":
			field = &signature
		default:
			return authorization{}, errors.New("it has a part that is not Credential, SignedHeaders or Signature")
		}
		if *field != "" {
			return authorization{}, errors.New("it has " + name + " twice")
		}
		*field = value
	}
	scope, ok := strings.CutSuffix(credential, "/"+terminator)
	if !ok {
		return authorization{}, errors.New("its credential does not end with " + terminator)
	}
	scope, out.service, _ = cutLast(scope)
	out.id, out.date, ok = cutLast(scope)
	if !ok || out.id == "" || out.service == "" {
		return authorization{}, errors.New("its credential is not ID/DATE/SERVICE/" + terminator)
	}
	if len(signature) != hex.EncodedLen(sha256.Size) {
		return authorization{}, errors.New("its signature is not of 64 hexadecimal digits")
	}
	var digits [2 * sha256.Size]byte
	copy(digits[:], signature)
	if _, err := hex.Decode(out.signature[:], digits[:]); err != nil {
		return authorization{}, errors.New("its signature is not hexadecimal")
	}
	return out, nil
}

func cutLast(s string) (before, after string, found bool) {
	i := strings.LastIndexByte(s, '/')
	if i < 0 {
		return "", s, false
	}
	return s[:i], s[i+1:], true
}

// verify checks the signature of a request over the body as it was received.
func (e *Emulator) verify(r *http.Request, c *call) *apiError {
	header := first(r.Header, "Authorization")
	if header == "" {
		return missingHeader("Authorization")
	}
	auth, err := parseAuthorization(header)
	if err != nil {
		return &apiError{sesapi.CodeInvalidAuthorization, "The Authorization header is not valid: " + err.Error() + "."}
	}
	stamp := first(r.Header, "X-Tc-Timestamp")
	if stamp == "" {
		return missingHeader("X-TC-Timestamp")
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return &apiError{sesapi.CodeInvalidParameter, "X-TC-Timestamp is not a number of seconds."}
	}
	signed := time.Unix(seconds, 0).UTC()
	if skew := e.now().Sub(signed); skew > maxSkew || skew < -maxSkew {
		return &apiError{sesapi.CodeSignatureExpire, "The signature has expired: the timestamp and the server's time differ by more than five minutes."}
	}
	var date [len(time.DateOnly)]byte
	if string(signed.AppendFormat(date[:0], time.DateOnly)) != auth.date {
		return &apiError{sesapi.CodeSignatureFailure, "The date in the credential is not that of the timestamp in UTC."}
	}
	secret, known := e.keys[auth.id]
	if !known {
		return &apiError{sesapi.CodeSecretIDNotFound, "The secret id is not found; check that it is right."}
	}
	if reason := signedEnough(auth.signedHeaders, r.Header); reason != "" {
		return &apiError{sesapi.CodeSignatureFailure, reason}
	}
	key, cached := e.derived.get(auth)
	if !cached {
		key = deriveKey(secret, auth.date, auth.service)
	}
	if !c.matches(r, &auth, stamp, key) {
		return &apiError{sesapi.CodeSignatureFailure, "The provided credentials could not be validated. Please check your signature is correct."}
	}
	if !cached {
		e.derived.put(auth, key)
	}
	return nil
}

// signedEnough checks the list of signed headers: content-type and host must be
// signed, and every header of the list must be there.
func signedEnough(list string, h http.Header) string {
	var contentType, host bool
	for name := range strings.SplitSeq(list, ";") {
		switch {
		case name == "host":
			host = true
		case first(h, http.CanonicalHeaderKey(name)) == "":
			return "The header " + quote(name) + " is signed and not there."
		case name == "content-type":
			contentType = true
		}
	}
	if !contentType || !host {
		return "The headers content-type and host must be signed."
	}
	return ""
}

// matches tries the spellings in which official clients sign the host: as sent;
// without its port (Node SDK); either with "http://" before it (Tencent's CLI
// over plain HTTP). The document wants values in lower case; not every client
// does that, so values are then tried as sent.
func (c *call) matches(r *http.Request, auth *authorization, stamp string, key []byte) bool {
	var payload [sha256.Size]byte
	if first(r.Header, "X-Tc-Content-Sha256") == "UNSIGNED-PAYLOAD" {
		payload = sha256.Sum256([]byte("UNSIGNED-PAYLOAD"))
	} else {
		payload = sha256.Sum256(c.body)
	}
	host := strings.TrimPrefix(r.Host, "http://")
	bare := host
	if name, _, err := net.SplitHostPort(host); err == nil {
		bare = name
		if strings.Contains(name, ":") {
			bare = "[" + name + "]"
		}
	}
	for _, lower := range [...]bool{true, false} {
		for _, spelling := range [...]string{host, bare, "http://" + host, "http://" + bare} {
			if c.matchesHost(r.Header, auth, stamp, key, spelling, payload, lower) {
				return true
			}
		}
	}
	return false
}

func (c *call) matchesHost(h http.Header, auth *authorization, stamp string, key []byte, host string, payload [sha256.Size]byte, lower bool) bool {
	b := append(c.scratch[:0], "POST\n/\n\n"...)
	for name := range strings.SplitSeq(auth.signedHeaders, ";") {
		value := host
		if name != "host" {
			value = strings.TrimSpace(first(h, http.CanonicalHeaderKey(name)))
		}
		if lower {
			value = strings.ToLower(value)
		}
		b = append(append(append(append(b, name...), ':'), value...), '\n')
	}
	b = append(append(append(b, '\n'), auth.signedHeaders...), '\n')
	b = hex.AppendEncode(b, payload[:])
	request := sha256.Sum256(b)

	b = append(append(b[:0], algorithm+"\n"...), stamp...)
	b = append(append(append(append(append(b, '\n'), auth.date...), '/'), auth.service...), "/"+terminator+"\n"...)
	b = hex.AppendEncode(b, request[:])
	c.scratch = b
	var sum [sha256.Size]byte
	mac := hmac.New(sha256.New, key)
	mac.Write(b)
	return subtle.ConstantTimeCompare(mac.Sum(sum[:0]), auth.signature[:]) == 1
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

// keyCache keeps derived signing keys. Only keys that a valid signature was made
// with come in, and it is emptied when it is full: in use are one for each
// secret id, date and service.
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
