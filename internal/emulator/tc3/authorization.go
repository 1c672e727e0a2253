package tc3

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
)

// authorization is the content of an Authorization header.
type authorization struct {
	id, date, service string
	signedHeaders     string
	signature         [sha256.Size]byte
}

// parseAuthorization reads an Authorization header. Its errors report what is wrong,
// and do not repeat the header.
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
	// Some SDKs take the service from the endpoint, with the slash at its end.
	scope, slash := strings.CutSuffix(scope, "/")
	scope, out.service, _ = cutLast(scope)
	if slash {
		out.service += "/"
	}
	out.id, out.date, ok = cutLast(scope)
	if !ok || out.id == "" || out.service == "" {
		return authorization{}, errors.New("its credential is not ID/DATE/SERVICE/" + terminator)
	}
	if len(signature) != hex.EncodedLen(sha256.Size) {
		return authorization{}, errors.New("its signature does not have 64 hexadecimal digits")
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
