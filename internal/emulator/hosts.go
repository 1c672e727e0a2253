package emulator

import (
	"net/http"
	"net/netip"
	"strings"

	"github.com/sesctl/sesctl/internal/emulator/web"
	"github.com/sesctl/sesctl/internal/failure"
)

// OnlyHosts answers requests to loopback names and to the names in allowed, and
// refuses all others with the status 403. A page of a foreign name that was made
// to lead to this machine (DNS rebinding) can so not read the account. It also
// refuses requests that change something when a browser sends them for another
// page. Names in allowed may have a port, which is then compared too.
func OnlyHosts(h http.Handler, allowed []string) http.Handler {
	pages := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !web.HostAllowed(r.Host, allowed) {
			forbid(w, "The emulator does not serve the host "+quote(strings.TrimPrefix(r.Host, "http://"))+". Start it with --allow-host NAME if that is one of yours.")
			return
		}
		// Clients of the API are no browsers, and sign what they send.
		if err := pages.Check(r); err != nil {
			forbid(w, "The emulator does not take requests of another page.")
			return
		}
		h.ServeHTTP(w, r)
	})
}

// forbid answers in the form of the API, so that its clients show the message.
func forbid(w http.ResponseWriter, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusForbidden)
	b := appendError([]byte(`{"Response":{`), &apiError{"UnauthorizedOperation", message})
	b = append(append(b, `"RequestId":"`...), appendRequestID(nil)...)
	_, _ = w.Write(append(b, `"}}`...))
}

// CheckHost checks a name that is to be allowed: a host with or without a port.
// The error is of kind usage.
func CheckHost(name string) error {
	bare := web.WithoutPort(name)
	if _, err := netip.ParseAddr(strings.Trim(bare, "[]")); err == nil {
		return nil
	}
	if strings.Contains(name, "/") {
		bare = name // a URL, whose scheme looks like a host
	}
	for _, label := range strings.Split(bare, ".") {
		if label == "" || strings.Trim(strings.ToLower(label), "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return failure.New(failure.Usage, "the host %s is not a name", quote(name)).
				WithHint("write it as clients do, without http://: emulator, or emulator:8025")
		}
	}
	return nil
}
