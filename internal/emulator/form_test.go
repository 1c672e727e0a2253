package emulator_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// signedV1 returns a request with signature v1, made step by step as its document
// describes.
func signedV1(method, algorithm, action string, params url.Values) *http.Request {
	all := maps.Clone(params)
	for name, value := range map[string]string{"Action": action, "Version": "2020-10-02", "Region": "ap-guangzhou",
		"Timestamp": strconv.FormatInt(noon.Unix(), 10), "Nonce": "7", "SecretId": "local", "SignatureMethod": algorithm} {
		if value != "" {
			all.Set(name, value)
		}
	}
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		pairs = append(pairs, name+"="+all.Get(name))
	}
	digest := func() hash.Hash { return sha1.New() }
	if algorithm == "HmacSHA256" {
		digest = sha256.New
	}
	mac := hmac.New(digest, []byte("local"))
	mac.Write([]byte(method + "127.0.0.1:8025/?" + strings.Join(pairs, "&")))
	all.Set("Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	r := httptest.NewRequest(method, "/?"+all.Encode(), nil)
	if method == http.MethodPost {
		r = httptest.NewRequest(method, "/", strings.NewReader(all.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Host = "127.0.0.1:8025"
	return r
}

// A form writes nested parameters with dots.
func mailForm() url.Values {
	return url.Values{"FromEmailAddress": {news}, "Subject": {"a=b & c"}, "Destination.0": {"a@x.com"}, "Destination.1": {"bounce@x.com"},
		"Template.TemplateID": {"7"}, "Template.TemplateData": {`{"a":"b"}`}, "TriggerType": {"1"},
		"Attachments.0.FileName": {"a.txt"}, "Attachments.0.Content": {"YQ=="}}
}

func TestSignatureV1(t *testing.T) {
	t.Parallel()
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		for _, algorithm := range []string{"", "HmacSHA1", "HmacSHA256"} {
			e := open(t, emulator.Options{})
			if got := serve(t, e, signedV1(method, algorithm, "SendEmail", mailForm())); got.code != "" {
				t.Errorf("%s %s: %s: %s", method, algorithm, got.code, got.message)
			}
			settle(t, e)
			if got := deliveries(t, e); len(got) != 2 || got[1].Recipient != "bounce@x.com" {
				t.Errorf("%s %s: %+v", method, algorithm, got)
			}
		}
	}
}

func TestGetWithTC3(t *testing.T) {
	t.Parallel()
	s := newSigned("SendEmail", "")
	s.contentType = "application/x-www-form-urlencoded"
	s.method, s.query = http.MethodGet, mailForm().Encode()
	e := open(t, emulator.Options{})
	if got := serve(t, e, s.request()); got.code != "" {
		t.Errorf("%s: %s", got.code, got.message)
	}
	settle(t, e)
	if got := deliveries(t, e); len(got) != 2 {
		t.Errorf("%+v", got)
	}
	r := s.request()
	r.URL.RawQuery += "&Cc.0=b@x.com"
	if got := serve(t, e, r); got.code != sesapi.CodeSignatureFailure {
		t.Errorf("a query that was changed: %q", got.code)
	}
}

func TestRefusedForms(t *testing.T) {
	t.Parallel()
	with := func(name, value string) url.Values {
		form := mailForm()
		form.Set(name, value)
		return form
	}
	without := func(names ...string) url.Values {
		form := mailForm()
		for _, name := range names {
			form.Del(name)
		}
		return form
	}
	tests := map[string]struct {
		form url.Values
		code string
	}{
		"unknown":              {with("Odd", "1"), sesapi.CodeUnknownParameter},
		"unknown inside":       {with("Template.Odd", "1"), sesapi.CodeUnknownParameter},
		"not a number":         {with("Template.TemplateID", "seven"), sesapi.CodeInvalidParameter},
		"negative":             {with("TriggerType", "-1"), sesapi.CodeInvalidValue},
		"empty number":         {with("TriggerType", ""), sesapi.CodeInvalidParameter},
		"value and fields":     {with("Template", "7"), sesapi.CodeInvalidParameter},
		"list with a gap":      {with("Destination.3", "b@x.com"), sesapi.CodeInvalidParameter},
		"list with a word":     {with("Destination.x", "b@x.com"), sesapi.CodeInvalidParameter},
		"list spelt otherwise": {with("Destination.01", "b@x.com"), sesapi.CodeInvalidParameter},
		"missing inside":       {without("Template.TemplateData"), sesapi.CodeMissingParameter},
		"missing":              {without("Subject"), sesapi.CodeMissingParameter},
		"a list for a value":   {with("Subject.0", "s"), sesapi.CodeInvalidParameter},
	}
	for name, test := range tests {
		if got := serve(t, open(t, emulator.Options{}), signedV1(http.MethodPost, "", "SendEmail", test.form)); got.code != test.code {
			t.Errorf("%s: %q %s, want %q", name, got.code, got.message, test.code)
		}
	}
}

func TestCommonParametersOfForms(t *testing.T) {
	t.Parallel()
	e := open(t, emulator.Options{})
	for name, want := range map[string]string{"Action": sesapi.CodeSignatureFailure, "SecretId": sesapi.CodeMissingParameter} {
		r := signedV1(http.MethodGet, "", "ListEmailAddress", url.Values{})
		query := r.URL.Query()
		query.Del(name)
		r.URL.RawQuery = query.Encode()
		if got := serve(t, e, r); got.code != want {
			t.Errorf("without %s: %q", name, got.code)
		}
	}
	if got := serve(t, e, signedV1(http.MethodGet, "", "", url.Values{})); got.code != sesapi.CodeMissingParameter {
		t.Errorf("signed without an action: %q", got.code)
	}
	r := signedV1(http.MethodGet, "", "ListEmailAddress", url.Values{})
	r.URL.RawQuery = "%zz"
	if got := serve(t, e, r); got.code != sesapi.CodeInvalidParameter {
		t.Errorf("a query that cannot be read: %q", got.code)
	}
	if got := serve(t, e, signedV1(http.MethodGet, "", "ListEmailAddress", url.Values{"Language": {"zh-CN"}, "Token": {"x"}})); got.code != "" {
		t.Errorf("language and token: %q", got.code)
	}
}

// TestEndpointWithASlash checks an endpoint that ends with a slash: Tencent's
// command-line tool signs the slash.
func TestEndpointWithASlash(t *testing.T) {
	t.Parallel()
	e := open(t, emulator.Options{})
	for _, host := range []string{"127.0.0.1:8025/", "http://127.0.0.1:8025/"} {
		s := newSigned("ListEmailAddress", "{}")
		s.signHost = host
		r := s.request()
		r.URL.Path = "//"
		if got := serve(t, e, r); got.code != "" {
			t.Errorf("%s: %q", host, got.code)
		}
	}
}
