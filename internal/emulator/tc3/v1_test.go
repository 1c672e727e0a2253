package tc3

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/sesctl/sesctl/internal/sesapi"
)

// TestPublishedVectorV1 checks the example of the document "Signature v1".
func TestPublishedVectorV1(t *testing.T) {
	t.Parallel()
	const query = "Action=DescribeInstances&InstanceIds.0=ins-09dx96dg&Limit=20&Nonce=11886&Offset=0&Region=ap-guangzhou" +
		"&SecretId=" + vectorID + "&Timestamp=1465185768&Version=2017-03-12"
	const signature = "EliP9YW3pW28FpsEdkXt/+WcGeI="
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Host = "cvm.tencentcloudapi.com"
	with := func(changes ...string) url.Values {
		params, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		params.Set("Signature", signature)
		for i := 0; i < len(changes); i += 2 {
			params.Set(changes[i], changes[i+1])
		}
		return params
	}
	tests := map[string]struct {
		params  url.Values
		key     string
		seconds int64
		code    string
	}{
		"the published vector": {with(), vectorKey, 1465185768, ""},
		"another parameter":    {with("Limit", "21"), vectorKey, 1465185768, sesapi.CodeSignatureFailure},
		"one more parameter":   {with("Token", "x"), vectorKey, 1465185768, sesapi.CodeSignatureFailure},
		"another key":          {with(), "another", 1465185768, sesapi.CodeSignatureFailure},
		"no base64":            {with("Signature", "?"), vectorKey, 1465185768, sesapi.CodeSignatureFailure},
		"another method":       {with("SignatureMethod", "HmacSHA256"), vectorKey, 1465185768, sesapi.CodeSignatureFailure},
		"unknown method":       {with("SignatureMethod", "MD5"), vectorKey, 1465185768, sesapi.CodeInvalidParameter},
		"no nonce":             {with("Nonce", ""), vectorKey, 1465185768, sesapi.CodeMissingParameter},
		"no id":                {with("SecretId", ""), vectorKey, 1465185768, sesapi.CodeMissingParameter},
		"unknown id":           {with("SecretId", "x"), vectorKey, 1465185768, sesapi.CodeSecretIDNotFound},
		"timestamp a word":     {with("Timestamp", "now"), vectorKey, 1465185768, sesapi.CodeInvalidParameter},
		"late":                 {with(), vectorKey, 1465185768 + 301, sesapi.CodeSignatureExpire},
	}
	for name, test := range tests {
		if err := verifierAt(test.key, test.seconds).VerifyV1(r, test.params); codeOf(err) != test.code {
			t.Errorf("%s: %v, want %q", name, err, test.code)
		}
	}
}

// TestV1BySHA256 checks that both methods sign the same text.
func TestV1BySHA256(t *testing.T) {
	t.Parallel()
	mac := hmac.New(sha256.New, []byte(vectorKey))
	mac.Write([]byte("POSTses.tencentcloudapi.com/?Action=ListEmailAddress&Nonce=1&SecretId=" + vectorID + "&SignatureMethod=HmacSHA256&Timestamp=1465185768"))
	params := url.Values{"Action": {"ListEmailAddress"}, "Nonce": {"1"}, "SecretId": {vectorID}, "Timestamp": {"1465185768"},
		"SignatureMethod": {"HmacSHA256"}, "Signature": {base64.StdEncoding.EncodeToString(mac.Sum(nil))}}
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.Host = "ses.tencentcloudapi.com"
	if err := verifierAt(vectorKey, 1465185768).VerifyV1(r, params); err != nil {
		t.Error(err)
	}
}
