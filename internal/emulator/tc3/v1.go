package tc3

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// The parameters of signature v1 that only the signature needs.
const (
	paramSignature = "Signature"
	paramMethod    = "SignatureMethod"
)

// VerifyV1 checks a signature of version 1 (document "Signature v1"); it returns nil
// if the signature is valid. Params are the query of the request, or the form in its
// body. The signed text is the method, the host, the path, a question mark, and the
// parameters in the order of their names, without encoding.
func (v *Verifier) VerifyV1(r *http.Request, params url.Values) *Error {
	for _, name := range []string{"SecretId", "Timestamp", "Nonce", paramSignature} {
		if params.Get(name) == "" {
			return &Error{sesapi.CodeMissingParameter, "The request is missing a required parameter `" + name + "`."}
		}
	}
	if _, err := v.timestamp("Timestamp", params.Get("Timestamp")); err != nil {
		return err
	}
	secret, err := v.secret(params.Get("SecretId"))
	if err != nil {
		return err
	}
	var digest func() hash.Hash
	switch method := params.Get(paramMethod); method {
	case "", "HmacSHA1":
		digest = sha1.New
	case "HmacSHA256":
		digest = sha256.New
	default:
		return &Error{sesapi.CodeInvalidParameter, "The SignatureMethod " + callback.Quote(method) + " is not HmacSHA1 or HmacSHA256."}
	}
	given, decodeErr := base64.StdEncoding.DecodeString(params.Get(paramSignature))
	if decodeErr != nil {
		return errSignature()
	}
	text := signedText(params)
	for _, host := range hosts(r.Host) {
		mac := hmac.New(digest, []byte(secret))
		mac.Write([]byte(r.Method + host + "/?" + text))
		if hmac.Equal(mac.Sum(nil), given) {
			return nil
		}
	}
	return errSignature()
}

// signedText returns the parameters in the order of their names.
func signedText(params url.Values) string {
	var pairs []string
	for name, values := range params {
		if name == paramSignature {
			continue
		}
		for _, value := range values {
			pairs = append(pairs, name+"="+value)
		}
	}
	slices.SortFunc(pairs, func(a, b string) int {
		nameA, _, _ := strings.Cut(a, "=")
		nameB, _, _ := strings.Cut(b, "=")
		return strings.Compare(nameA, nameB)
	})
	return strings.Join(pairs, "&")
}
