package emulator_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/failure"
)

func TestOnlyHosts(t *testing.T) {
	t.Parallel()
	answers := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "answer") })
	h := emulator.OnlyHosts(answers, []string{"emulator", "ses.example.com:8025"})
	for host, served := range map[string]bool{
		"127.0.0.1:8025": true, "127.9.9.9": true, "localhost": true, "LOCALHOST:1": true, "localhost.:8025": true, "a.localhost:8025": true,
		"[::1]:8025": true, "[::1]": true, "http://localhost:8025": true, "emulator": true, "EMULATOR:8025": true, "ses.example.com:8025": true,
		"ses.example.com": false, "ses.example.com:80": false, "evil.example.com:8025": false, "127.0.0.1.evil.example.com": false,
		"localhost.evil.example.com": false, "evil-localhost": false, "10.0.0.1:8025": false, "0.0.0.0:8025": false, "": false, "[::]": false,
	} {
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		r.Host = host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if (w.Code == http.StatusOK) != served {
			t.Errorf("%q: %d %s", host, w.Code, w.Body)
		}
		if !served && (!strings.Contains(w.Body.String(), "--allow-host") || !strings.Contains(w.Body.String(), `"RequestId":"`)) {
			t.Errorf("%q: %s", host, w.Body)
		}
	}
}

// TestPagesOfOtherSites checks that a page of another site cannot change anything,
// even under a loopback name.
func TestPagesOfOtherSites(t *testing.T) {
	t.Parallel()
	answers := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "answer") })
	h := emulator.OnlyHosts(answers, nil)
	for name, test := range map[string]struct {
		header, value string
		served        bool
	}{
		"no browser":           {"X-Other", "x", true},
		"the same origin":      {"Sec-Fetch-Site", "same-origin", true},
		"another site":         {"Sec-Fetch-Site", "cross-site", false},
		"an older browser":     {"Origin", "https://evil.example.com", false},
		"an older one of ours": {"Origin", "http://localhost:8025", true},
	} {
		r := httptest.NewRequest(http.MethodPost, "/emulator/reset", nil)
		r.Host = "localhost:8025"
		r.Header.Set(test.header, test.value)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if (w.Code == http.StatusOK) != test.served {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
}

func TestCheckHost(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"emulator", "emulator:8025", "ses.example.com", "10.0.0.1", "[fe80::1]:8025"} {
		if err := emulator.CheckHost(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"", "http://emulator", "a..b", "*", "a b"} {
		if err := emulator.CheckHost(name); err == nil || failure.KindOf(err) != failure.Usage {
			t.Errorf("%q: %v", name, err)
		}
	}
}
