package tc3

import (
	"encoding/hex"
	"strings"
	"testing"
)

const digits = "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"

func TestParseAuthorization(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		header string
		fails  string // part of the error
		want   authorization
	}{
		"usual": {header: "TC3-HMAC-SHA256 Credential=ID/2019-02-25/ses/tc3_request, SignedHeaders=content-type;host, Signature=" + digits,
			want: authorization{id: "ID", date: "2019-02-25", service: "ses", signedHeaders: "content-type;host"}},
		"no spaces, another order": {header: "TC3-HMAC-SHA256 Signature=" + digits + ",SignedHeaders=host,Credential=a/b/2019-02-25/127/tc3_request",
			want: authorization{id: "a/b", date: "2019-02-25", service: "127", signedHeaders: "host"}},
		"service with a slash": {header: "TC3-HMAC-SHA256 Credential=ID/2019-02-25/localhost:8025//tc3_request, SignedHeaders=host, Signature=" + digits,
			want: authorization{id: "ID", date: "2019-02-25", service: "localhost:8025/", signedHeaders: "host"}},
		"empty":            {header: "", fails: "begin with"},
		"algorithm alone":  {header: "TC3-HMAC-SHA256", fails: "begin with"},
		"nothing in it":    {header: "TC3-HMAC-SHA256 ", fails: "not Credential"},
		"another part":     {header: "TC3-HMAC-SHA256 Credential=ID/D/s/tc3_request, Token=x", fails: "not Credential"},
		"twice":            {header: "TC3-HMAC-SHA256 Credential=ID/D/s/tc3_request, Credential=ID/D/s/tc3_request", fails: "twice"},
		"no credential":    {header: "TC3-HMAC-SHA256 SignedHeaders=host, Signature=" + digits, fails: "tc3_request"},
		"short credential": {header: "TC3-HMAC-SHA256 Credential=ID/s/tc3_request, SignedHeaders=host, Signature=" + digits, fails: "ID/DATE"},
		"no id":            {header: "TC3-HMAC-SHA256 Credential=/D/s/tc3_request, SignedHeaders=host, Signature=" + digits, fails: "ID/DATE"},
		"short signature":  {header: "TC3-HMAC-SHA256 Credential=ID/D/s/tc3_request, SignedHeaders=host, Signature=00", fails: "64"},
		"no signature":     {header: "TC3-HMAC-SHA256 Credential=ID/D/s/tc3_request, SignedHeaders=host", fails: "64"},
		"not hexadecimal":  {header: "TC3-HMAC-SHA256 Credential=ID/D/s/tc3_request, SignedHeaders=host, Signature=" + strings.Repeat("x", 64), fails: "not hexadecimal"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := parseAuthorization(test.header)
			if test.fails != "" {
				if err == nil || !strings.Contains(err.Error(), test.fails) {
					t.Fatalf("error %v, want %q in it", err, test.fails)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if hex.EncodeToString(got.signature[:]) != digits {
				t.Errorf("signature %x", got.signature)
			}
			got.signature = [32]byte{}
			if got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func FuzzParseAuthorization(f *testing.F) {
	f.Add("TC3-HMAC-SHA256 Credential=ID/2019-02-25/ses/tc3_request, SignedHeaders=content-type;host, Signature=" + digits)
	f.Add("TC3-HMAC-SHA256 Credential=/tc3_request,=,Signature=")
	f.Fuzz(func(t *testing.T, header string) {
		got, err := parseAuthorization(header)
		if err != nil {
			// The error reports which part is wrong, and repeats no secret.
			if len(header) > 80 && strings.Contains(err.Error(), header) {
				t.Errorf("the error repeats the header: %v", err)
			}
			return
		}
		if got.id == "" || got.service == "" || strings.Contains(got.date, "/") || strings.Contains(strings.TrimSuffix(got.service, "/"), "/") {
			t.Errorf("parts of %q: %+v", header, got)
		}
		// A header that is written from the parts is read in the same way.
		again, err := parseAuthorization(algorithm + " Credential=" + got.id + "/" + got.date + "/" + got.service + "/" + terminator +
			", SignedHeaders=" + got.signedHeaders + ", Signature=" + hex.EncodeToString(got.signature[:]))
		if err != nil || again != got {
			t.Errorf("%q: read back as %+v (%v), was %+v", header, again, err, got)
		}
	})
}
