package webhook

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sesctl/sesctl/pkg/callback"
)

func TestCheckTLS(t *testing.T) {
	t.Parallel()
	day := 24 * time.Hour
	tests := []struct {
		name        string
		certificate string
		from, until time.Duration
		selfSigned  bool
		unknown     bool
		want        Status
		finds       string
	}{
		{"good", host, -day, 90 * day, false, false, OK, `TLS 1.3, certificate for hooks.example.com issued by "Test CA", 90 days left (until 2000-03-31)`},
		{"ends soon", host, -day, 13*day + time.Hour, false, false, Warn, "13 days left (until 2000-01-14)"},
		{"expired", host, -90 * day, -day, false, false, Fail, "the certificate is not trusted: it expired on 1999-12-31"},
		{"not yet valid", host, day, 9 * day, false, false, Fail, "it is valid only from 2000-01-02"},
		{"wrong name", "other.example.com", -day, 90 * day, false, false, Fail, "it is for other.example.com, not for hooks.example.com"},
		{"self-signed", host, -day, 90 * day, true, false, Fail, "it is self-signed"},
		{"unknown authority", host, -day, 90 * day, false, true, Fail, `it was issued by "Test CA", which is not a known authority`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			now := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
			ca := newAuthority(t, now)
			cert := ca.issue(test.certificate, now.Add(test.from), now.Add(test.until), test.selfSigned)
			checker := &Checker{Network: tlsServer(t, cert), Now: func() time.Time { return now }}
			checker.Network.RootCAs = ca.pool()
			if test.unknown {
				checker.Network.RootCAs = newAuthority(t, now).pool()
			}
			got := checker.Check(t.Context(), callback.NewURL("https://"+host+":8443/ses"))
			if found := find(got, StepTLS); got.Status != test.want || !strings.HasPrefix(found, string(test.want)) || !strings.Contains(found, test.finds) {
				t.Errorf("%s\n%s", got.Status, found)
			}
			wantPost := "ok: answered 200 OK"
			if test.want == Fail {
				wantPost = "skip: there is no connection"
			}
			if found := find(got, StepPost); found != wantPost {
				t.Errorf("post: %s", found)
			}
		})
	}
}

func TestCheckTLSAtAServerWithoutIt(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(status(200))
	t.Cleanup(server.Close)
	checker := &Checker{AllowPrivate: true}
	got := checker.Check(t.Context(), callback.NewURL(strings.Replace(server.URL, "http:", "https:", 1)))
	if found := find(got, StepTLS); got.Status != Fail || !strings.HasSuffix(found, ": the server does not speak TLS on this port") {
		t.Errorf("%s\n%s", got.Status, found)
	}
}
