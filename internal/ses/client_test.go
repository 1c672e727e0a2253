package ses

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

func TestEndpoints(t *testing.T) {
	t.Parallel()
	for endpoint, want := range map[string]string{
		"https://ses.tencentcloudapi.com":  "",
		"https://ses.tencentcloudapi.com/": "",
		"HTTPS://SES.tencentcloudapi.com":  "",
		"https://ses.example.com:8443":     "",
		"http://localhost":                 "",
		"http://127.0.0.1:8025":            "",
		"http://127.9.9.9:8025":            "",
		"http://[::1]:8025":                "",

		"":                               "is not a URL",
		"ses.tencentcloudapi.com":        "is not a URL",
		"https://":                       "is not a URL",
		"https://:443":                   "is not a URL",
		"https://a b":                    "is not a URL",
		"https://[fe80::1%25eth0]:8025":  "an address with a zone",
		"http://[::1%25lo]:8025":         "an address with a zone",
		"http://ses.tencentcloudapi.com": "plain http is allowed only to this machine",
		"http://localhost.example.com":   "plain http is allowed only to this machine",
		"http://10.0.0.1":                "plain http is allowed only to this machine",
		"ftp://localhost":                "its scheme is not https",
		"https://u:" + leak + "@host":    "a user name",
		"https://host/path":              "a path",
		"https://host/?q=" + leak:        "a query",
		"https://host/#" + leak:          "a fragment",
		"https://host:0":                 "port",
		"https://host:70000":             "port",
		"https://host:x" + "\x1b[31m":    "is not a URL",
	} {
		_, err := New(Options{Endpoint: endpoint, Credentials: localCredentials()})
		if want == "" {
			if err != nil {
				t.Errorf("%s: %v", endpoint, err)
			}
			continue
		}
		e := checkError(t, err, failure.Usage, want, "endpoint")
		if strings.Contains(e.Error(), "\x1b") {
			t.Errorf("a control character is in %q", e.Error())
		}
	}
}

func TestNoCredentials(t *testing.T) {
	t.Parallel()
	for _, c := range []Credentials{{}, {SecretID: "i"}, {SecretKey: "k"}} {
		_, err := New(Options{Endpoint: "https://ses.tencentcloudapi.com", Credentials: c})
		checkError(t, err, failure.Auth, "no credentials")
	}
}

// TestWhatIsSent checks the headers of a request.
func TestWhatIsSent(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ version, language, client, spoken string }{
		{"", "", "SDK_GO_1.3.210", "en-US"},
		{"sesctl-1.2.3-rc.1", "zh-CN", "SDK_GO_1.3.210: sesctl-1.2.3-rc.1", "zh-CN"},
		{"sesctl-(devel)/x+dirty\n", "", "SDK_GO_1.3.210: sesctl--devel--x-dirty-", "en-US"},
		{strings.Repeat("v", 500), "", "SDK_GO_1.3.210: " + strings.Repeat("v", 100), "en-US"},
	} {
		for _, part := range []callback.Parts{callback.PartAccount, callback.PartSenders} {
			credentials := localCredentials()
			credentials.Token = "a-token"
			var header http.Header
			c := newClient(t, Options{
				Endpoint: "http://localhost", Region: "ap-hongkong", Version: test.version, Language: test.language, Credentials: credentials,
				Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
					header = r.Header
					return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"Response":{"Url":null,"EmailSenders":[]}}`)), Request: r}, nil
				}),
			})
			if _, err := c.Load(t.Context(), part); err != nil {
				t.Fatal(err)
			}
			for name, want := range map[string]string{
				"X-TC-RequestClient": test.client, "X-TC-Language": test.spoken, "X-TC-Region": "ap-hongkong",
				"X-TC-Version": "2020-10-02", "X-TC-Token": "a-token",
			} {
				if got := header.Get(name); got != want {
					t.Errorf("%s is %q, not %q", name, got, want)
				}
			}
		}
	}
}

// TestRate checks that the rate delays calls of one action, and not calls of other
// actions.
func TestRate(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{Endpoint: "http://localhost", Transport: openEmulator(t, sesapi.Default()).Transport(), Rate: 1.0 / 3600})
	for _, part := range []callback.Parts{callback.PartAccount, callback.PartSenders, callback.PartSenderCallbacks} {
		if _, err := c.Load(t.Context(), part); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	_, err := c.Load(ctx, callback.PartAccount)
	checkError(t, err, failure.Failure, "the timeout would expire before", "--timeout")
	ended, end := context.WithCancel(t.Context())
	end()
	_, err = c.Load(ended, callback.PartAccount)
	checkError(t, err, failure.Interrupted)
}

func TestProbe(t *testing.T) {
	t.Parallel()
	e := openEmulator(t, sesapi.Default())
	c := newClient(t, Options{Endpoint: "http://localhost", Transport: e.Transport()})
	for _, row := range sesapi.Default().Rows() {
		p := c.Probe(t.Context(), row.Operation)
		if row.Write {
			checkError(t, p.Err, failure.Usage, string(row.Operation), "changes the account")
			if p.Reached {
				t.Errorf("%s was called", row.Operation)
			}
			continue
		}
		if p.Err != nil || !p.Reached || p.RequestID == "" || p.Duration <= 0 {
			t.Errorf("%s: %+v", row.Operation, p)
		}
	}
	date := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for name, test := range map[string]struct {
		status  int
		body    string
		reached bool
	}{
		"refused": {200, apiError("InvalidAction", "no"), true},
		"belief":  {200, `{"Response":{"RequestId":"request-1"}}`, true},
		"HTML":    {200, "<html>", false},
		"500":     {500, "", false},
	} {
		c := newClient(t, Options{Endpoint: "http://localhost", Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: test.status, Header: http.Header{"Date": {date.Format(http.TimeFormat)}}, Body: io.NopCloser(strings.NewReader(test.body)), Request: r}, nil
		})})
		for _, op := range []sesapi.Operation{sesapi.GetAccountCallback, sesapi.ListSenderCallbacks} {
			p := c.Probe(t.Context(), op)
			if p.Err == nil || p.Reached != test.reached || !p.ServerTime.Equal(date) || test.reached && p.RequestID != "request-1" {
				t.Errorf("%s, %s: %+v", name, op, p)
			}
		}
	}
}

func TestPauses(t *testing.T) {
	t.Parallel()
	for n := range 100 {
		limit := mostPause
		if n < 4 {
			limit = firstPause << n
		}
		for range 20 {
			if d := pauseBefore(n); d <= 0 || d > limit {
				t.Errorf("the pause before repetition %d is %s", n, d)
			}
		}
	}
}
