package tc3

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/sesapi"
)

const (
	vectorID  = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE"
	vectorKey = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"
)

func verifierAt(key string, seconds int64) *Verifier {
	return NewVerifier(map[string]string{vectorID: key}, func() time.Time { return time.Unix(seconds, 0) })
}

// TestPublishedVector checks the example of the document "Signature v3".
func TestPublishedVector(t *testing.T) {
	t.Parallel()
	const (
		body      = `{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}`
		signature = "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
	)
	vector := func(signature string) *http.Request {
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		r.Host = "cvm.tencentcloudapi.com"
		r.Header.Set("Content-Type", "application/json; charset=utf-8")
		r.Header.Set("X-TC-Action", "DescribeInstances")
		r.Header.Set("X-TC-Timestamp", "1551113065")
		r.Header.Set("X-TC-Version", "2017-03-12")
		r.Header.Set("X-TC-Region", "ap-guangzhou")
		r.Header.Set("Authorization", "TC3-HMAC-SHA256 Credential="+vectorID+"/2019-02-25/cvm/tc3_request, SignedHeaders=content-type;host, Signature="+signature)
		return r
	}
	tests := map[string]struct{ key, signature, body, code string }{
		"the published vector": {vectorKey, signature, body, ""},
		"another body":         {vectorKey, signature, body + " ", sesapi.CodeSignatureFailure},
		"another signature":    {vectorKey, "8" + signature[1:], body, sesapi.CodeSignatureFailure},
		"another key":          {"another", signature, body, sesapi.CodeSignatureFailure},
	}
	for name, test := range tests {
		err := verifierAt(test.key, 1551113065).Verify(vector(test.signature), []byte(test.body))
		if code := codeOf(err); code != test.code {
			t.Errorf("%s: %v, want %q", name, err, test.code)
		}
	}
	if err := verifierAt(vectorKey, 1551113065+301).Verify(vector(signature), []byte(body)); codeOf(err) != sesapi.CodeSignatureExpire || !strings.Contains(err.Error(), err.Code) {
		t.Errorf("after five minutes: %v", err)
	}
}

func codeOf(err *Error) string {
	if err == nil {
		return ""
	}
	return err.Code
}
