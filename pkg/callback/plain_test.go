package callback_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"golang.org/x/net/idna"
	"pgregory.net/rapid"

	"github.com/sesctl/sesctl/pkg/callback"
)

// TestPlainAddresses compares the fast path for plain addresses with the general
// path, which an address in angle brackets takes.
func TestPlainAddresses(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		address := rapid.StringMatching(`[aZ0.+_-]{0,3}[a-z0-9]{1,3}@([aX0-]{1,3}\.|xn--[a0]{1,2}\.){0,2}[aX0-]{1,3}`).Draw(t, "address")
		address += strings.Repeat("a", rapid.SampledFrom([]int{0, 0, 60, 64, 250}).Draw(t, "more"))
		short, errShort := callback.ParseSender(address)
		long, errLong := callback.ParseSender("<" + address + ">")
		if short != long || (errShort == nil) != (errLong == nil) {
			t.Fatalf("%s: %v, %v; the long way: %v, %v", address, short, errShort, long, errLong)
		}
	})
}

func TestPlainHosts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		host := rapid.StringMatching(`([aX0-]{0,4}\.){0,2}[aX-]{1,3}`).Draw(t, "host")
		want, err := idna.Lookup.ToASCII(host)
		if got := callback.NormalizeURL("https://" + host + "/"); err == nil && got != "https://"+want+"/" {
			t.Fatalf("%s becomes %s; want %s", host, got, want)
		}
	})
}

// TestChecksumIsOfQuotedLines checks the text that a checksum is computed from.
func TestChecksumIsOfQuotedLines(t *testing.T) {
	t.Parallel()
	before := setOf(t, "account https://a.example/?x=1&y=<2>", `a https://ü.example/"\`, "b https://b.example/")
	plan := callback.Diff(before, setOf(t, "account https://b.example/\u2028", "b https://b.example/", "c https://c.example/"))
	const text = `"before" "" "https://a.example/?x=1&y=<2>" "" 
"before" "a@x.example" "https://ü.example/\"\\" "" 
"before" "b@x.example" "https://b.example/" "" 
"create" "c@x.example" "" "https://c.example/" 
"replace" "" "https://a.example/?x=1&y=<2>" "https://b.example/\u2028" 
"delete" "a@x.example" "https://ü.example/\"\\" "" 
`
	sum := sha256.Sum256([]byte(text))
	if got, want := plan.Checksum(), "sha256:"+hex.EncodeToString(sum[:]); got != want {
		t.Errorf("checksum %s; want %s of %s", got, want, text)
	}
}
